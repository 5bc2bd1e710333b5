#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <tuple>

#include "gated.hpp"
#include "guard.hpp"
#include "matvec.hpp"
#include "pages.hpp"
#include "quantized.hpp"

using namespace bridge;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

/// One update's place in the list of tensors.
struct Place {
  size_t a, b, mask;  // mask 0: none
  double scale;
};

/// What a linear takes in: a tensor, or two of which it makes its input again when it is needed.
enum Input : int64_t { plain, silu_gated };

/// How many tensors hold the input.
size_t width(int64_t input) { return input == plain ? 1 : 2; }

/// The input x [N, in] from the tensors that hold it.
template <class Tensors>
at::Tensor input_of(int64_t input, const Tensors &tensors) {
  return input == plain ? tensors[0] : gated_product(tensors[0], tensors[1], /*gelu=*/false);
}

/// An update s·B·A of a product with `rows` rows: whether its own matrix [out, in] is made, or
/// whether values go through the rank, whichever costs fewer operations. Low ranks never make it.
struct UpdateOrder {
  double rows, rank, in, out;
  UpdateOrder(int64_t rows, const at::Tensor &a, const at::Tensor &b)
      : rows(rows), rank(a.size(0)), in(a.size(1)), out(b.size(0)) {}

  /// x·(s·B·A)ᵀ against (x·Aᵀ)·Bᵀ; the input's gradient likewise.
  bool makes_matrix() const { return in * out * (rank + rows) < rows * rank * (in + out); }
  /// The factors' gradients out of dyᵀ·x against four products of `rank` rows or columns.
  bool makes_gradient() const {
    return in * out * (2 * rank + rows) < 2 * rows * rank * (in + out);
  }
};

/// s·B·A, [out, in].
at::Tensor update_matrix(const at::Tensor &a, const at::Tensor &b, double scale) {
  return at::mm(b, a).mul_(scale);
}

/// What a product needs of the weight while it lives: the matrix in x's type and place. A streamed
/// one's file is read ahead for the product after this, and its own pages are let go at the end.
class Operand {
 public:
  Operand(
      const WeightForm &form, const at::Tensor *parts, const at::Tensor &x,
      const std::array<int64_t, 2> &ahead) {
    if (form.kind != WeightForm::streamed) {
      matrix_ = form.weight(parts, x.scalar_type());
      return;
    }
    ask_for(ahead[0], ahead[1]);
    mapped_ = parts[0];
    matrix_ = mapped_.to(x.device(), x.scalar_type());
    // A copy no longer needs the file.
    if (!matrix_.is_same(mapped_)) let_go_now();
  }
  Operand(const Operand &) = delete;
  Operand &operator=(const Operand &) = delete;
  ~Operand() { let_go_now(); }

  const at::Tensor &matrix() const { return matrix_; }

 private:
  void let_go_now() {
    if (mapped_.defined()) let_go(mapped_);
    mapped_.reset();
  }

  at::Tensor matrix_, mapped_;
};

/// y = x·Wᵀ + b + Σ s·((x∘m)·Aᵀ)·Bᵀ in x's dtype. Keeps what holds x, the weights, the masks and the
/// narrow s·(x∘m)·Aᵀ, [N, r]; computes W's gradient only when W is trained. A weight in codes is
/// decoded for each product and not kept.
struct LowRankLinear : torch::autograd::Function<LowRankLinear> {
  // tensors: what holds x, what holds W, then bias (when `biased`), then A, B and (where masked) the
  // mask of each update.
  static at::Tensor forward(
      AutogradContext *ctx, at::TensorList tensors, const WeightForm &form,
      const std::vector<double> &scales, const std::vector<bool> &masked, bool biased,
      int64_t input, bool generates) {
    const at::Tensor x = input_of(input, tensors);
    const size_t held = width(input), after = held + form.count();
    // Generation takes few rows at a time. Their own product rounds otherwise than that of many, so
    // that rows which are learned from or measured never go through it, however few they are.
    at::Tensor y = generates ? few_rows_product(x, form, &tensors[held]) : at::Tensor();
    if (y.defined()) {
      if (biased) y.add_(tensors[after]);
    } else {
      const Operand weight(form, &tensors[held], x, form.next);
      y = biased ? at::linear(x, weight.matrix(), tensors[after]) : at::linear(x, weight.matrix());
    }
    std::vector<at::Tensor> saved = tensors.vec();
    for (const Place &u : places(scales, masked, after + biased)) {
      const at::Tensor kept = u.mask ? x * tensors[u.mask] : x;
      const at::Tensor a = tensors[u.a].to(x.scalar_type()), b = tensors[u.b].to(x.scalar_type());
      if (UpdateOrder(kept.size(0), a, b).makes_matrix()) {
        y.addmm_(kept, update_matrix(a, b, u.scale).t());
        saved.emplace_back();
      } else {
        saved.push_back(at::mm(kept, a.t()).mul_(u.scale));
        y.addmm_(saved.back(), b.t());
      }
    }
    ctx->save_for_backward(saved);
    ctx->saved_data["scales"] = scales;
    ctx->saved_data["masked"] = c10::List<bool>(c10::ArrayRef<bool>(flags(masked)));
    ctx->saved_data["biased"] = biased;
    ctx->saved_data["input"] = input;
    ctx->saved_data["form"] =
        std::vector<int64_t>{form.kind,    form.rows,    form.columns,     form.block,
                             form.nested,  form.next[0], form.next[1],     form.previous[0],
                             form.previous[1]};
    ctx->saved_data["offset"] = form.offset;
    return y;
  }

  static variable_list backward(AutogradContext *ctx, variable_list gradients) {
    variable_list tensors = ctx->get_saved_variables();
    const auto scales = ctx->saved_data["scales"].toDoubleVector();
    std::vector<bool> masked;
    for (bool flag : ctx->saved_data["masked"].toBoolList()) masked.push_back(flag);
    const bool biased = ctx->saved_data["biased"].toBool();
    const WeightForm form = saved_form(ctx);
    const int64_t input = ctx->saved_data["input"].toInt();
    const size_t held = width(input), after = held + form.count();
    const variable_list narrow(tensors.end() - scales.size(), tensors.end());
    tensors.resize(tensors.size() - scales.size());
    const at::Tensor dy = gradients[0].contiguous();
    const at::ScalarType type = dy.scalar_type();
    const bool wants_input = ctx->needs_input_grad(0) || (held > 1 && ctx->needs_input_grad(1));
    const auto updates = places(scales, masked, after + biased);
    const bool wants_factors = std::any_of(updates.begin(), updates.end(), [&](const Place &u) {
      return ctx->needs_input_grad(u.a) || ctx->needs_input_grad(u.b);
    });
    at::Tensor x, dx;
    if (wants_factors || ctx->needs_input_grad(held)) x = input_of(input, tensors);
    // One place a tensor, and one for each of the other six arguments.
    variable_list out(tensors.size() + 6);
    if (wants_input) {
      const Operand weight(form, &tensors[held], dy, form.previous);
      dx = at::mm(dy, weight.matrix());
    }
    if (ctx->needs_input_grad(held))
      out[held] = at::mm(dy.t(), x).to(tensors[held].scalar_type());
    if (biased && ctx->needs_input_grad(after))
      out[after] = dy.sum(0, false, at::kFloat).to(tensors[after].scalar_type());
    for (size_t i = 0; i < updates.size(); i++) {
      const Place &u = updates[i];
      const at::Tensor a = tensors[u.a].to(type), b = tensors[u.b].to(type);
      const UpdateOrder order(dy.size(0), a, b);
      at::Tensor inner;  // dy·B, [N, r]
      const auto through_rank = [&] {
        if (!inner.defined()) inner = at::mm(dy, b).mul_(u.scale);
        return inner;
      };
      if (x.defined()) {
        const at::Tensor kept = u.mask ? x * tensors[u.mask] : x;
        const at::ScalarType held_as = tensors[u.a].scalar_type();
        const bool wants_a = ctx->needs_input_grad(u.a), wants_b = ctx->needs_input_grad(u.b);
        if (order.makes_gradient()) {
          const at::Tensor whole = at::mm(dy.t(), kept).mul_(u.scale);  // [out, in]
          if (wants_a) out[u.a] = at::mm(b.t(), whole).to(held_as);
          if (wants_b) out[u.b] = at::mm(whole, a.t()).to(held_as);
        } else {
          if (wants_a) out[u.a] = at::mm(through_rank().t(), kept).to(held_as);
          if (wants_b) {
            const at::Tensor h =
                narrow[i].defined() ? narrow[i] : at::mm(kept, a.t()).mul_(u.scale);
            // The few rows on the left: the product reads dy as it lies.
            out[u.b] = at::mm(h.t(), dy).t().contiguous().to(held_as);
          }
        }
      }
      if (!wants_input) continue;
      const bool makes = order.makes_matrix();
      const at::Tensor left = makes ? dy : through_rank();
      const at::Tensor right = makes ? update_matrix(a, b, u.scale) : a;
      if (u.mask)
        dx.addcmul_(at::mm(left, right), tensors[u.mask]);
      else
        dx.addmm_(left, right);
    }
    if (wants_input && input == plain) out[0] = dx;
    if (wants_input && input != plain)
      std::tie(out[0], out[1]) =
          gated_gradients(tensors[0], tensors[1], dx, /*gelu=*/false);
    return out;
  }

  static c10::SmallVector<bool, 8> flags(const std::vector<bool> &masked) {
    return c10::SmallVector<bool, 8>(masked.begin(), masked.end());
  }

  static WeightForm saved_form(AutogradContext *ctx) {
    const auto saved = ctx->saved_data["form"].toIntVector();
    return {saved[0], saved[1], saved[2], saved[3], ctx->saved_data["offset"].toDouble(),
            saved[4] != 0, {saved[5], saved[6]}, {saved[7], saved[8]}};
  }

  static std::vector<Place> places(
      const std::vector<double> &scales, const std::vector<bool> &masked, size_t at) {
    std::vector<Place> list;
    for (size_t i = 0; i < scales.size(); i++) {
      list.push_back({at, at + 1, masked[i] ? at + 2 : 0, scales[i]});
      at += masked[i] ? 3 : 2;
    }
    return list;
  }
};

/// The tensors that hold the input, checked.
std::vector<at::Tensor> held(const ct_linear_input &input, int64_t columns) {
  const at::Tensor &x = value(input.x);
  TORCH_CHECK(
      x.dim() == 2 && x.size(1) == columns, "x [N, in] and weight [out, in] do not fit: ",
      x.sizes(), " beside ", columns, " columns");
  if (!input.up_or_null) return {x};
  const at::Tensor &up = value(input.up_or_null);
  TORCH_CHECK(
      x.sizes() == up.sizes() && x.scalar_type() == up.scalar_type(), "the gate ",
      x.scalar_type(), x.sizes(), " and ", up.scalar_type(), up.sizes(), " must be alike");
  return {x.contiguous(), up.contiguous()};
}

/// Checks what every form of the weight has in common and applies the function.
at::Tensor applied(
    const ct_linear_input &input, const WeightForm &form, std::vector<at::Tensor> tensors,
    int64_t outputs, ct_in bias, const ct_low_rank *updates, int64_t count) {
  const at::Tensor x = tensors[0];
  if (bias) tensors.push_back(value(bias));
  std::vector<double> scales;
  std::vector<bool> masked;
  for (int64_t i = 0; i < count; i++) {
    const at::Tensor &a = value(updates[i].a), &b = value(updates[i].b);
    TORCH_CHECK(
        a.dim() == 2 && b.dim() == 2 && a.size(1) == x.size(1) && b.size(1) == a.size(0) &&
            b.size(0) == outputs,
        "A [r, in] and B [out, r] do not fit: ", a.sizes(), " and ", b.sizes(), " beside W [",
        outputs, ", ", x.size(1), "]");
    tensors.push_back(a);
    tensors.push_back(b);
    if (updates[i].mask_or_null) tensors.push_back(value(updates[i].mask_or_null));
    masked.push_back(updates[i].mask_or_null != nullptr);
    scales.push_back(updates[i].scale);
  }
  const int64_t kind = input.up_or_null ? silu_gated : plain;
  return LowRankLinear::apply(
      at::TensorList(tensors), form, scales, masked, bias != nullptr, kind,
      input.generates && !at::GradMode::is_enabled());
}

}  // namespace

ct_result ct_low_rank_linear(
    const ct_linear_input *input, ct_in weight, ct_in bias, const ct_low_rank *updates,
    int64_t count, ct_tensor **out) {
  return guarded(__func__, [&] {
    const at::Tensor &w = value(weight);
    TORCH_CHECK(w.dim() == 2, "a weight is [out, in], not ", w.sizes());
    std::vector<at::Tensor> tensors = held(*input, w.size(1));
    tensors.push_back(w);
    give(
        out,
        applied(*input, WeightForm{}, std::move(tensors), w.size(0), bias, updates, count));
  });
}

ct_result ct_streamed_linear(
    const ct_linear_input *input, const ct_streamed *weight, ct_in bias,
    const ct_low_rank *updates, int64_t count, ct_tensor **out) {
  return guarded(__func__, [&] {
    const at::Tensor &w = value(weight->weight);
    TORCH_CHECK(
        w.dim() == 2 && w.is_cpu() && w.is_contiguous(),
        "a streamed weight is [out, in] on the processor, not ", w.sizes());
    TORCH_CHECK(!w.requires_grad(), "a weight on a mapped file cannot be trained");
    const auto range = [](ct_in neighbour) -> std::array<int64_t, 2> {
      const at::Tensor tensor = optional(neighbour);
      if (!tensor.defined()) return {0, 0};
      return {
          reinterpret_cast<int64_t>(tensor.const_data_ptr()),
          static_cast<int64_t>(tensor.nbytes())};
    };
    WeightForm form;
    form.kind = WeightForm::streamed;
    form.next = range(weight->next_or_null);
    form.previous = range(weight->previous_or_null);
    std::vector<at::Tensor> tensors = held(*input, w.size(1));
    tensors.push_back(w);
    give(out, applied(*input, form, std::move(tensors), w.size(0), bias, updates, count));
  });
}

ct_result ct_quantized_linear(
    const ct_linear_input *input, const ct_codes *weight, ct_in bias, const ct_low_rank *updates,
    int64_t count, ct_tensor **out) {
  return guarded(__func__, [&] {
    const WeightForm form = WeightForm::of(*weight);
    std::vector<at::Tensor> tensors = held(*input, form.columns);
    const size_t first = tensors.size();
    tensors.push_back(value(weight->codes));
    tensors.push_back(value(weight->scales));
    if (form.nested) tensors.push_back(value(weight->nested_or_null));
    form.check(&tensors[first]);
    give(out, applied(*input, form, std::move(tensors), form.rows, bias, updates, count));
  });
}
