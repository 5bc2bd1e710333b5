#include <algorithm>
#include <cmath>

#include "guard.hpp"
#include "inplace.hpp"
#include "kernels.hpp"
#include "parallel.hpp"

using namespace bridge;

namespace {

struct RowResult {
  float log_probability = 0;
  float regularization = 0;  // what label smoothing and z-loss add
  bool correct = false;
};

/// What one row of logits is turned into.
struct RowRequest {
  int64_t target;
  float factor;  // of the gradient; the row of logits becomes its own gradient when `differentiate`
  bool differentiate;
};

constexpr int64_t block = 4096;  // logits at a time: 16 KB of float32 stay in the first cache

/// The loss of a row: (1 − s) · −log p(target) + s · mean of −log p over the vocabulary
/// + z · (log Σ exp logits)².
struct Terms {
  float cap, smoothing, z;
  explicit Terms(const ct_cross_entropy_request &request)
      : cap(static_cast<float>(std::max(request.soft_cap, 0.0))),
        smoothing(static_cast<float>(request.label_smoothing)),
        z(static_cast<float>(request.z_loss)) {}
};

/// Log probability of the target and, in place, the factor times the loss's gradient, for a row of
/// float32 or bfloat16 logits; float32 statistics.
class LogitRow {
 public:
  LogitRow(at::Tensor &logits, Terms terms)
      : wide_(logits.scalar_type() == at::kFloat),
        width_(logits.size(1)),
        cap_(terms.cap),
        terms_(terms),
        data_(static_cast<char *>(logits.data_ptr())) {}

  RowResult operator()(int64_t row, const RowRequest &request) const {
    float scratch[block];
    float most = -INFINITY, sum = 0;
    int64_t best = 0;  // the block that holds the first greatest logit
    double logits = 0;
    for (int64_t at = 0; at < width_; at += block) {  // running maximum and sum, one pass
      const int64_t count = std::min(block, width_ - at);
      const float *x = read(row, at, count, scratch);
      const float top = kernels::greatest(x, count);
      if (top > most) {
        sum *= std::exp(most - top);
        most = top;
        best = at;
      }
      sum += kernels::exponential_sum(x, most, count);
      if (terms_.smoothing > 0) logits += kernels::total(x, count);
    }
    float target;
    const float *x = read(row, request.target, 1, scratch);
    target = *x;
    const float log_sum = most + std::log(sum);
    const bool correct = target >= most && is_first(row, best, request);
    if (request.differentiate) differentiate(row, request, log_sum);
    const float mean = static_cast<float>(logits / double(width_));
    const float regularization =
        terms_.smoothing * (target - mean) + terms_.z * log_sum * log_sum;
    return {target - log_sum, regularization, correct};
  }

 private:
  /// Whether no logit before the target is as great: of equal ones the first is said.
  bool is_first(int64_t row, int64_t best, const RowRequest &request) const {
    if (request.target < best || request.target >= best + block) return false;
    float scratch[block];
    const int64_t count = std::min(block, width_ - best);
    const float *x = read(row, best, count, scratch);
    const float *end = x + (request.target - best);
    return std::find(x, end, *end) == end;
  }

  void differentiate(int64_t row, const RowRequest &request, float log_sum) const {
    float capped[block], gradient[block];
    const float slope = request.factor * (1 + 2 * terms_.z * log_sum);
    const float evenly = request.factor * terms_.smoothing / static_cast<float>(width_);
    for (int64_t at = 0; at < width_; at += block) {
      const int64_t count = std::min(block, width_ - at);
      const float *x = read(row, at, count, capped);
      std::copy(x, x + count, gradient);
      kernels::scaled_softmax(gradient, log_sum, slope, count);
      if (terms_.smoothing > 0)
        for (int64_t i = 0; i < count; i++) gradient[i] -= evenly;
      const int64_t place = request.target - at;
      if (place >= 0 && place < count)
        gradient[place] -= request.factor * (1 - terms_.smoothing);
      if (cap_ > 0) kernels::soft_cap_gradient(x, gradient, cap_, count);
      if (wide_)
        std::copy(gradient, gradient + count, floats() + row * width_ + at);
      else
        kernels::narrow(gradient, halves() + row * width_ + at, count);
    }
  }

  const float *read(int64_t row, int64_t at, int64_t count, float *scratch) const {
    if (wide_ && cap_ <= 0) return floats() + row * width_ + at;
    if (wide_)
      std::copy_n(floats() + row * width_ + at, count, scratch);
    else
      kernels::widen(halves() + row * width_ + at, scratch, count);
    if (cap_ > 0) kernels::soft_cap(scratch, cap_, count);
    return scratch;
  }

  float *floats() const { return reinterpret_cast<float *>(data_); }
  uint16_t *halves() const { return reinterpret_cast<uint16_t *>(data_); }
  bool wide_;
  int64_t width_;
  float cap_;
  Terms terms_;
  char *data_;
};

/// The same by library operations, for other devices and dtypes. `logits` becomes its gradient.
void composed_rows(
    at::Tensor &logits, const at::Tensor &targets, const at::Tensor &factors, Terms terms,
    bool differentiate, at::Tensor log_probabilities, at::Tensor regularization,
    at::Tensor correct) {
  at::Tensor wide = logits.to(at::kFloat);
  const double cap = terms.cap;
  if (cap > 0) wide = (wide / cap).tanh() * cap;
  const at::Tensor log_sum = wide.logsumexp(1, true);
  const at::Tensor log_softmax = wide - log_sum;
  const at::Tensor column = targets.clamp_min(0).unsqueeze(1);
  log_probabilities.copy_(log_softmax.gather(1, column).squeeze(1));
  if (terms.smoothing > 0)
    regularization.add_(log_probabilities - log_softmax.mean(1), terms.smoothing);
  if (terms.z > 0) regularization.add_(log_sum.squeeze(1).square(), terms.z);
  correct.copy_(wide.argmax(1).eq(targets));
  if (!differentiate) return;
  at::Tensor slope = log_softmax.exp();
  if (terms.z > 0) slope.mul_(1 + 2 * double(terms.z) * log_sum);
  if (terms.smoothing > 0) slope.sub_(terms.smoothing / double(wide.size(1)));
  slope.scatter_add_(
      1, column, at::full_like(column, double(terms.smoothing) - 1.0, slope.options()));
  slope.mul_(factors.unsqueeze(1));
  if (cap > 0) slope.mul_(1 - (wide / cap).square());
  logits.copy_(slope);
}

/// Rows whose logits take at most about 96 MB, so that a pass over the weight is well used; 256 MB
/// when each chunk also adds to a gradient as large as the weight. All rows where that takes no more:
/// their gradient then needs no sum in float32. Chunks are alike: a short one at the end would read
/// all of the weight for little.
int64_t chosen_chunk(
    const ct_cross_entropy_request &request, const at::Tensor &weight, int64_t rows) {
  if (request.chunk > 0) return request.chunk;
  const int64_t row = weight.size(0) * static_cast<int64_t>(weight.element_size());
  const int64_t bytes = int64_t(request.wants_weight_gradient ? 256 : 96) << 20;
  const bool needs_sum = request.wants_weight_gradient && weight.scalar_type() != at::kFloat;
  if (needs_sum && rows * row <= bytes + 2 * weight.numel()) return std::max<int64_t>(rows, 1);
  const int64_t most = std::clamp<int64_t>(bytes / std::max<int64_t>(row, 1) / 32 * 32, 32, 4096);
  const int64_t chunks = std::max<int64_t>(1, (rows + most - 1) / most);
  const int64_t even = (rows + chunks - 1) / chunks;
  return std::min(most, (even + 31) / 32 * 32);
}

/// The whole computation; the outputs are filled chunk by chunk.
class Computation {
 public:
  Computation(const ct_cross_entropy_request &request)
      : request_(request),
        hidden_(value(request.hidden).detach()),
        weight_(value(request.weight).detach()),
        bias_(request.bias_or_null ? value(request.bias_or_null).detach() : at::Tensor()),
        targets_(value(request.targets).to(hidden_.device(), at::kLong).contiguous()) {
    check();
    const auto numbers = hidden_.options().dtype(at::kFloat);
    const int64_t rows = hidden_.size(0);
    token_weights_ = request.token_weights_or_null
                         ? value(request.token_weights_or_null).detach().to(numbers)
                         : at::ones({rows}, numbers);
    TORCH_CHECK(
        token_weights_.dim() == 1 && token_weights_.size(0) == rows, "token weights ",
        token_weights_.sizes(), " must be one for each of ", rows, " rows");
    // A negative target bears no loss.
    token_weights_ = at::where(targets_.lt(0), at::zeros({}, numbers), token_weights_).contiguous();
    log_probabilities_ = at::zeros({rows}, numbers);
    regularization_ = at::zeros({rows}, numbers);
    correct_ = at::zeros({rows}, hidden_.options().dtype(at::kBool));
    if (request.wants_hidden_gradient) hidden_gradient_ = at::empty_like(hidden_);
  }

  void run() {
    const int64_t rows = hidden_.size(0), chunk = chosen_chunk(request_, weight_, rows);
    for (int64_t start = 0; start < rows; start += chunk)
      run(start, std::min(chunk, rows - start));
  }

  void give_to(ct_cross_entropy *out) const {
    const at::Tensor bearing = token_weights_.ne(0);
    give(&out->loss, -(at::where(bearing, log_probabilities_, 0.0) * token_weights_).sum());
    give(
        &out->regularization,
        (at::where(bearing, regularization_, 0.0) * token_weights_).sum());
    give(&out->correct, (correct_ & bearing).sum());
    if (request_.wants_log_probabilities) give(&out->log_probabilities, log_probabilities_);
    if (hidden_gradient_.defined()) give(&out->hidden_gradient, hidden_gradient_);
    if (weight_gradient_.defined())
      give(&out->weight_gradient, weight_gradient_);
    else if (request_.wants_weight_gradient)
      give(&out->weight_gradient, at::zeros_like(weight_));
  }

 private:
  void check() const {
    TORCH_CHECK(
        hidden_.dim() == 2 && weight_.dim() == 2 && hidden_.size(1) == weight_.size(1) &&
            hidden_.scalar_type() == weight_.scalar_type(),
        "hidden states [M, D] and weight [V, D] do not fit: ", hidden_.scalar_type(),
        hidden_.sizes(), " and ", weight_.scalar_type(), weight_.sizes());
    TORCH_CHECK(
        targets_.dim() == 1 && targets_.size(0) == hidden_.size(0), "targets ", targets_.sizes(),
        " must be one for each of ", hidden_.size(0), " rows");
    if (targets_.numel() > 0) {
      const int64_t most = targets_.max().item<int64_t>();
      TORCH_CHECK(
          most < weight_.size(0), "target ", most, " is outside the vocabulary of ",
          weight_.size(0));
    }
  }

  void run(int64_t start, int64_t count) {
    const at::Tensor x = hidden_.narrow(0, start, count);
    at::Tensor logits = at::mm(x, weight_.t());
    if (bias_.defined()) logits.add_(bias_);
    const bool differentiate = request_.wants_hidden_gradient || request_.wants_weight_gradient;
    if (has_kernels(logits))
      rows(logits, start, count, differentiate);
    else
      composed_rows(
          logits, targets_.narrow(0, start, count),
          token_weights_.narrow(0, start, count) * request_.scale, Terms(request_),
          differentiate, log_probabilities_.narrow(0, start, count),
          regularization_.narrow(0, start, count), correct_.narrow(0, start, count));
    if (request_.wants_hidden_gradient) {
      at::Tensor part = hidden_gradient_.narrow(0, start, count);
      at::mm_out(part, logits, weight_);
    }
    if (request_.wants_weight_gradient) add_weight_gradient(logits.t(), x);
  }

  /// One chunk's gradient stays as the product gives it; several are summed in float32.
  void add_weight_gradient(const at::Tensor &slopes, const at::Tensor &x) {
    if (!weight_gradient_.defined()) {
      weight_gradient_ = at::mm(slopes, x);
      return;
    }
    weight_gradient_ = weight_gradient_.to(at::kFloat);
    if (slopes.scalar_type() == at::kFloat) {
      weight_gradient_.addmm_(slopes, x);
      return;
    }
    // A part of the vocabulary at a time: the product in the other type is never whole.
    constexpr int64_t length = 16384;
    for (int64_t start = 0; start < slopes.size(0); start += length) {
      const int64_t size = std::min(length, slopes.size(0) - start);
      const at::Tensor part = at::mm(slopes.narrow(0, start, size), x);
      add_in_stretches(weight_gradient_.narrow(0, start, size), part, 1);
    }
  }

  void rows(at::Tensor &logits, int64_t start, int64_t count, bool differentiate) {
    const LogitRow row(logits, Terms(request_));
    const int64_t *targets = targets_.data_ptr<int64_t>() + start;
    const float *weights = token_weights_.data_ptr<float>() + start;
    float *log_probabilities = log_probabilities_.mutable_data_ptr<float>() + start;
    float *regularization = regularization_.mutable_data_ptr<float>() + start;
    bool *correct = correct_.mutable_data_ptr<bool>() + start;
    parallel(count, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        const float factor = static_cast<float>(weights[i] * request_.scale);
        const RowResult result =
            row(i, {std::max<int64_t>(targets[i], 0), factor, differentiate});
        log_probabilities[i] = result.log_probability;
        regularization[i] = result.regularization;
        correct[i] = result.correct;
      }
    });
  }

  const ct_cross_entropy_request &request_;
  at::Tensor hidden_, weight_, bias_, targets_, token_weights_;
  at::Tensor log_probabilities_, regularization_, correct_, hidden_gradient_, weight_gradient_;
};

}  // namespace

ct_result ct_linear_cross_entropy(
    const ct_cross_entropy_request *request, ct_cross_entropy *out) {
  return guarded(__func__, [&] {
    at::NoGradGuard without;
    Computation computation(*request);
    computation.run();
    computation.give_to(out);
  });
}
