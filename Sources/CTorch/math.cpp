#include <algorithm>
#include <numeric>

#include "guard.hpp"
#include "parallel.hpp"
#include "rows.hpp"

using namespace bridge;

namespace {

/// Whole numbers beside integer tensors stay integers, so that `ids + 1` keeps its dtype.
at::Scalar scalar(const at::Tensor &beside, double number) {
  const bool integral = at::isIntegralType(beside.scalar_type(), /*includeBool=*/false);
  if (integral && number == std::trunc(number) && std::abs(number) < 9.0e15)
    return at::Scalar(static_cast<int64_t>(number));
  return at::Scalar(number);
}

at::Tensor map(ct_unary operation, const at::Tensor &x) {
  switch (operation) {
    case CT_EXP: return x.exp();
    case CT_LOG: return x.log();
    case CT_SQRT: return x.sqrt();
    case CT_RSQRT: return x.rsqrt();
    case CT_SQUARE: return x.square();
    case CT_ABS: return x.abs();
    case CT_SIN: return x.sin();
    case CT_COS: return x.cos();
    case CT_TANH: return x.tanh();
    case CT_SIGMOID: return x.sigmoid();
    case CT_SILU: return at::silu(x);
    case CT_GELU: return at::gelu(x);
    case CT_GELU_TANH: return at::gelu(x, "tanh");
    case CT_RELU: return x.relu();
    case CT_NEGATE: return x.neg();
    case CT_NOT: return x.logical_not();
    case CT_IS_FINITE: return at::isfinite(x);
    case CT_ROUND: return x.round();
    case CT_FLOOR: return x.floor();
    case CT_LOG_SIGMOID: return at::log_sigmoid(x);
  }
  TORCH_CHECK(false, "unknown operation");
}

template <class B>
at::Tensor combine(ct_binary operation, const at::Tensor &a, const B &b) {
  switch (operation) {
    case CT_ADD: return a.add(b);
    case CT_SUBTRACT: return a.sub(b);
    case CT_MULTIPLY: return a.mul(b);
    case CT_DIVIDE: return a.div(b);
    case CT_POWER: return a.pow(b);
    case CT_EQUAL: return a.eq(b);
    case CT_NOT_EQUAL: return a.ne(b);
    case CT_LESS: return a.lt(b);
    case CT_LESS_EQUAL: return a.le(b);
    case CT_GREATER: return a.gt(b);
    case CT_GREATER_EQUAL: return a.ge(b);
    default: TORCH_CHECK(false, "this operation does not take these operands");
  }
}

/// A zero-dimensional tensor, which does not promote the dtype of the other operand.
at::Tensor as_tensor(const at::Tensor &beside, const at::Scalar &number) {
  return at::scalar_tensor(number, at::TensorOptions().device(beside.device()))
      .to(at::result_type(beside, number));
}

at::Tensor reduce(ct_reduction operation, const at::Tensor &x) {
  switch (operation) {
    case CT_SUM: return x.sum();
    case CT_MEAN: return x.mean();
    case CT_MAX: return x.max();
    case CT_MIN: return x.min();
    case CT_NORM:
      return at::linalg_vector_norm(
          x, 2, std::nullopt, false,
          x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat);
    default: TORCH_CHECK(false, "this reduction needs a dimension");
  }
}

at::Tensor reduce_along(ct_reduction operation, const at::Tensor &x, int64_t d, bool keep) {
  switch (operation) {
    case CT_SUM: return x.sum(d, keep);
    case CT_MEAN: return x.mean(d, keep);
    case CT_MAX: return x.amax(d, keep);
    case CT_MIN: return x.amin(d, keep);
    case CT_ARGMAX: return x.argmax(d, keep);
    case CT_LOG_SUM_EXP: return x.logsumexp(d, keep);
    case CT_SOFTMAX: return x.softmax(d);
    case CT_LOG_SOFTMAX: return x.log_softmax(d);
    case CT_CUMULATIVE_SUM: return x.cumsum(d);
    case CT_NORM:
      return at::linalg_vector_norm(
          x, 2, d, keep, x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat);
  }
  TORCH_CHECK(false, "unknown reduction");
}

const char *const map_names[] = {
    "exp", "log", "sqrt", "rsqrt", "squared", "abs", "sin", "cos", "tanh", "sigmoid", "silu",
    "gelu", "gelu", "relu", "negate", "not", "isFinite", "rounded", "floor", "logSigmoid"};
const char *const combine_names[] = {
    "add", "subtract", "multiply", "divide", "maximum", "minimum", "pow", "equal", "notEqual",
    "less", "lessOrEqual", "greater", "greaterOrEqual", "and", "or"};
const char *const reduction_names[] = {
    "sum", "mean", "max", "min", "argmax", "logSumExp", "norm", "softmax", "logSoftmax",
    "cumulativeSum"};

}  // namespace

ct_result ct_map(ct_unary operation, ct_in tensor, ct_tensor **out) {
  return guarded(map_names[operation], [&] { give(out, map(operation, value(tensor))); });
}

ct_result ct_combine(ct_binary operation, ct_in left, ct_in right, ct_tensor **out) {
  return guarded(combine_names[operation], [&] {
    const at::Tensor &a = value(left), &b = value(right);
    switch (operation) {
      case CT_MAXIMUM: return give(out, at::maximum(a, b));
      case CT_MINIMUM: return give(out, at::minimum(a, b));
      case CT_AND: return give(out, at::logical_and(a, b));
      case CT_OR: return give(out, at::logical_or(a, b));
      default: return give(out, combine(operation, a, b));
    }
  });
}

ct_result ct_combine_scalar(
    ct_binary operation, ct_in left, double right, bool reversed, ct_tensor **out) {
  return guarded(combine_names[operation], [&] {
    const at::Tensor &a = value(left);
    const at::Scalar b = scalar(a, right);
    if (operation == CT_MAXIMUM) return give(out, at::clamp_min(a, b));
    if (operation == CT_MINIMUM) return give(out, at::clamp_max(a, b));
    if (!reversed) return give(out, combine(operation, a, b));
    if (operation == CT_SUBTRACT) return give(out, at::rsub(a, b));
    if (operation == CT_DIVIDE) return give(out, a.reciprocal().mul(b));
    give(out, combine(operation, as_tensor(a, b), a));
  });
}

ct_result ct_clamp(ct_in tensor, double low, double high, ct_tensor **out) {
  return guarded(__func__, [&] {
    const at::Tensor &x = value(tensor);
    std::optional<at::Scalar> least, most;
    if (!std::isnan(low)) least = scalar(x, low);
    if (!std::isnan(high)) most = scalar(x, high);
    give(out, x.clamp(least, most));
  });
}

ct_result ct_reduce(ct_reduction operation, ct_in tensor, ct_tensor **out) {
  return guarded(
      reduction_names[operation], [&] { give(out, reduce(operation, value(tensor))); });
}

ct_result ct_reduce_along(
    ct_reduction operation, ct_in tensor, int64_t dimension, bool keep, ct_tensor **out) {
  return guarded(reduction_names[operation], [&] {
    give(out, reduce_along(operation, value(tensor), dimension, keep));
  });
}

ct_result ct_top(
    ct_in tensor, int64_t count, int64_t dimension, ct_tensor **values, ct_tensor **indices) {
  return guarded(__func__, [&] {
    auto [best, places] = value(tensor).topk(count, dimension);
    give(values, best);
    give(indices, places);
  });
}

ct_result ct_sort(
    ct_in tensor, int64_t dimension, bool descending, ct_tensor **values, ct_tensor **indices) {
  return guarded(__func__, [&] {
    auto [ordered, places] = at::sort(value(tensor), /*stable=*/true, dimension, descending);
    give(values, ordered);
    give(indices, places);
  });
}

ct_result ct_sum_of_squares(ct_in tensor, double *out) {
  return guarded(__func__, [&] {
    at::NoGradGuard without;
    const at::Tensor x = value(tensor).contiguous();
    if (!has_kernels(x)) {
      const double norm = x.to(at::kFloat).norm().item<double>();
      *out = norm * norm;
      return;
    }
    // Stretches of one length, summed in their order: the same sum whatever the number of threads.
    constexpr int64_t length = 4096;
    const int64_t count = x.numel(), parts = (count + length - 1) / length;
    std::vector<double> sums(static_cast<size_t>(parts));
    parallel(parts, 16, [&](int64_t begin, int64_t end) {
      float scratch[length];
      for (int64_t i = begin; i < end; i++) {
        const int64_t size = std::min(length, count - i * length);
        const float *values = kernels::stretch(x, i * length, size, scratch);
        sums[static_cast<size_t>(i)] = kernels::dot(values, values, size);
      }
    });
    *out = std::accumulate(sums.begin(), sums.end(), 0.0);
  });
}
