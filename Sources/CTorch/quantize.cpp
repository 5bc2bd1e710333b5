// Blockwise 4-bit and rowwise 8-bit weights, in the layout and with the numbers of bitsandbytes.
// NF4 and double quantisation: QLoRA, arXiv 2305.14314. The 8-bit data type of nested scales:
// arXiv 1511.04561 and 2110.02861. Rowwise int8: LLM.int8(), arXiv 2208.07339.
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "decoding.hpp"
#include "dynamic.hpp"
#include "guard.hpp"
#include "kernels.hpp"
#include "parallel.hpp"
#include "quantized.hpp"

using namespace bridge;

namespace {

constexpr int64_t nested_block = 256;

using Table = std::array<float, 16>;

/// The 16 values of a 4-bit data type, by code.
const Table &table(int64_t kind) {
  static const Table nf4{
      -1.0f,         -0.6961928f,  -0.52507305f, -0.39491749f, -0.28444138f, -0.18477343f,
      -0.091050036f, 0.0f,         0.0795803f,   0.1609302f,   0.2461123f,   0.33791524f,
      0.44070983f,   0.562617f,    0.72295684f,  1.0f};
  // Sign, two bits of exponent, one of mantissa; in twelfths, so that the greatest is 1.
  static const Table fp4{0.0f,          0.0625f / 12,  8.0f / 12,  12.0f / 12, 4.0f / 12,  6.0f / 12,
                         2.0f / 12,     3.0f / 12,     -0.0f,      -0.0625f / 12, -8.0f / 12,
                         -12.0f / 12,   -4.0f / 12,    -6.0f / 12, -2.0f / 12, -3.0f / 12};
  return kind == CT_CODE_NF4 ? nf4 : fp4;
}

/// Which code a value takes: by how many of the bounds lie below it.
struct Bounds {
  std::array<float, 15> values;
  std::array<uint8_t, 16> codes;
};

const Bounds &bounds(int64_t kind) {
  const auto made = [](const Table &table) {
    Bounds bounds;
    std::iota(bounds.codes.begin(), bounds.codes.end(), uint8_t(0));
    std::stable_sort(bounds.codes.begin(), bounds.codes.end(), [&](uint8_t a, uint8_t b) {
      return table[a] < table[b];
    });
    for (size_t i = 0; i < 15; i++)
      bounds.values[i] = (table[bounds.codes[i]] + table[bounds.codes[i + 1]]) / 2;
    return bounds;
  };
  static const Bounds nf4 = made(table(CT_CODE_NF4)), fp4 = made(table(CT_CODE_FP4));
  return kind == CT_CODE_NF4 ? nf4 : fp4;
}

/// The library exports the typed accessor for gcc's spelling of its name only.
template <class Value>
const Value *read(const at::Tensor &tensor) {
  return static_cast<const Value *>(tensor.const_data_ptr());
}

int64_t blocks(int64_t count, int64_t block) { return (count + block - 1) / block; }

/// The scale of a block, whichever way it is held.
class Scales {
 public:
  Scales(const WeightForm &form, const at::Tensor *parts)
      : plain_(form.nested ? nullptr : read<float>(parts[1])),
        codes_(form.nested ? read<uint8_t>(parts[1]) : nullptr),
        nested_(form.nested ? read<float>(parts[2]) : nullptr),
        map_(kernels::dynamic_map(true).values.data()),
        offset_(static_cast<float>(form.offset)) {}

  float operator[](int64_t block) const {
    if (plain_) return plain_[block];
    return map_[codes_[block]] * nested_[block / nested_block] + offset_;
  }

 private:
  const float *plain_;
  const uint8_t *codes_;
  const float *nested_, *map_;
  float offset_;
};

/// Where decoded values go, in the type they are wanted in.
template <class Value>
struct Decoder {
  const WeightForm &form;
  const uint8_t *codes;
  Scales scales;
  Value *out;

  /// Blocks of bfloat16 that are not short.
  void whole_blocks(int64_t begin, int64_t end) const {
    constexpr int64_t step = 256;
    float factors[step];
    for (int64_t at = begin; at < end; at += step) {
      const int64_t count = std::min(step, end - at);
      for (int64_t i = 0; i < count; i++) factors[i] = scales[at + i];
      kernels::decode_blocks(
          codes + at * form.block / 2, table(form.kind).data(), factors, out + at * form.block,
          count, form.block);
    }
  }

  void four_bits(int64_t block) const {
    const int64_t start = block * form.block;
    const int64_t count = std::min(form.block, form.rows * form.columns - start);
    float scaled[16];
    kernels::normalize(table(form.kind).data(), scales[block], scaled, 16);
    const Value *values = reinterpret_cast<const Value *>(scaled);
    uint16_t halves[16];
    if constexpr (sizeof(Value) == 2) {
      kernels::narrow(scaled, halves, 16);
      values = halves;
    }
    kernels::look_up(codes + start / 2, values, out + start, count / 2);
    if (count % 2) out[start + count - 1] = values[codes[(start + count) / 2] >> 4];
  }

  void row(int64_t row) const {
    const auto *source = reinterpret_cast<const int8_t *>(codes) + row * form.columns;
    const float factor = scales[row] / 127;
    Value *target = out + row * form.columns;
    constexpr int64_t step = 1024;
    float scratch[step];
    for (int64_t at = 0; at < form.columns; at += step) {
      const int64_t count = std::min(step, form.columns - at);
      for (int64_t i = 0; i < count; i++) scratch[i] = static_cast<float>(source[at + i]) * factor;
      if constexpr (sizeof(Value) == 2)
        kernels::narrow(scratch, target + at, count);
      else
        std::copy_n(scratch, count, target + at);
    }
  }
};

template <class Value>
void decode(const WeightForm &form, const at::Tensor *parts, Value *out) {
  const Decoder<Value> decoder{form, read<uint8_t>(parts[0]), Scales(form, parts), out};
  if (form.kind == CT_CODE_INT8) {
    parallel(form.rows, 16, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) decoder.row(i);
    });
    return;
  }
  const int64_t values = form.rows * form.columns, count = blocks(values, form.block);
  // The last block may be short.
  const int64_t whole = form.block % 2 == 0 ? values / form.block : 0;
  parallel(count, 512, [&](int64_t begin, int64_t end) {
    if constexpr (sizeof(Value) == 2) decoder.whole_blocks(begin, std::min(end, whole));
    const int64_t from = sizeof(Value) == 2 ? std::max(begin, whole) : begin;
    for (int64_t i = from; i < end; i++) decoder.four_bits(i);
  });
}

/// The same by library operations, float32, for other devices.
at::Tensor composed(const WeightForm &form, const at::Tensor *parts) {
  const at::Device device = parts[0].device();
  at::Tensor scales = parts[1];
  if (form.nested) {
    const auto &map = kernels::dynamic_map(true).values;
    const at::Tensor values = at::tensor(at::ArrayRef<float>(map.data(), map.size())).to(device);
    const at::Tensor wide = values.index({scales.to(at::kLong)});
    const at::Tensor each = parts[2].repeat_interleave(nested_block).narrow(0, 0, wide.numel());
    scales = wide * each + form.offset;
  }
  if (form.kind == CT_CODE_INT8)
    return parts[0].view({form.rows, form.columns}).to(at::kFloat) * (scales / 127).unsqueeze(1);
  const int64_t count = form.rows * form.columns;
  const at::Tensor bytes = parts[0].flatten().to(at::kLong);
  const at::Tensor codes = at::stack({bytes.div(16, "floor"), bytes.remainder(16)}, 1).flatten();
  const Table &values = table(form.kind);
  const at::Tensor entries = at::tensor(at::ArrayRef<float>(values.data(), 16)).to(device);
  const at::Tensor factors = scales.repeat_interleave(form.block).narrow(0, 0, count);
  return (entries.index({codes.narrow(0, 0, count)}) * factors).view({form.rows, form.columns});
}

/// The weight's values as contiguous float32, checked to be numbers.
at::Tensor finite_values(const at::Tensor &weight) {
  TORCH_CHECK(
      weight.dim() == 2 && weight.is_floating_point(), "a weight [out, in] of floating point is "
      "quantised, not ", weight.scalar_type(), weight.sizes());
  const at::Tensor wide = weight.detach().to(at::kCPU, at::kFloat).contiguous();
  TORCH_CHECK(
      kernels::all_finite(read<float>(wide), wide.numel()),
      "the weight holds values that are not finite");
  return wide;
}

/// Codes of a block, two in a byte; gives its scale.
float encode_block(const float *x, int64_t count, bool whole, const Bounds &bounds, uint8_t *out) {
  const float most = kernels::greatest_magnitude(x, count);
  const float least = 1e-38f;  // a block of zeros has the scale 0 and is divided by this
  std::vector<float> divided;
  uint8_t below[4096];
  float factor = 1.0f / std::max(most, least);
  if (!whole) {
    // bitsandbytes divides the last, short block, where it multiplies the others.
    for (int64_t i = 0; i < count; i++) divided.push_back(x[i] / std::max(most, least));
    x = divided.data();
    factor = 1;
  }
  kernels::count_bounds_below(x, factor, bounds.values.data(), 15, below, count);
  if (count % 2) below[count] = static_cast<uint8_t>(std::count_if(
      bounds.values.begin(), bounds.values.end(), [](float bound) { return bound < 0; }));
  for (int64_t i = 0; i < count; i += 2)
    out[i / 2] = static_cast<uint8_t>(bounds.codes[below[i]] << 4 | bounds.codes[below[i + 1]]);
  return whole ? most : std::max(most, least);
}

void encode_blocks(
    const at::Tensor &weight, ct_code_kind kind, int64_t block, ct_tensor **codes,
    ct_tensor **scales) {
  TORCH_CHECK(
      block >= 2 && block <= 4096 && block % 2 == 0, "a block of ", block,
      " values; expected an even number up to 4096");
  const at::Tensor wide = finite_values(weight);
  const int64_t count = wide.numel(), parts = blocks(count, block);
  at::Tensor packed = at::empty({(count + 1) / 2}, at::kByte);
  at::Tensor greatest = at::empty({parts}, at::kFloat);
  const float *x = read<float>(wide);
  auto *bytes = packed.mutable_data_ptr<uint8_t>();
  auto *most = greatest.mutable_data_ptr<float>();
  parallel(parts, 256, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      const int64_t start = i * block, size = std::min(block, count - start);
      most[i] = encode_block(x + start, size, size == block, bounds(kind), bytes + start / 2);
    }
  });
  give(codes, std::move(packed));
  give(scales, std::move(greatest));
}

void encode_rows(const at::Tensor &weight, ct_tensor **codes, ct_tensor **scales) {
  const at::Tensor wide = finite_values(weight);
  const at::Tensor most = wide.abs().amax(1);
  const at::Tensor factor = at::where(most.gt(0), at::full_like(most, 127.0).div(most), 0.0);
  give(codes, (wide * factor.unsqueeze(1)).round_().to(at::kChar));
  give(scales, most);
}

}  // namespace

at::Tensor WeightForm::weight(const at::Tensor *parts, at::ScalarType type) const {
  if (kind == dense) return parts[0];
  if (!parts[0].is_cpu()) return composed(*this, parts).to(type);
  if (type != at::kFloat && type != at::kBFloat16) return weight(parts, at::kFloat).to(type);
  at::Tensor out = at::empty({rows, columns}, parts[0].options().dtype(type));
  if (type == at::kFloat)
    decode(*this, parts, out.mutable_data_ptr<float>());
  else
    decode(*this, parts, static_cast<uint16_t *>(out.mutable_data_ptr()));
  return out;
}

at::Tensor WeightForm::wide_scales(const at::Tensor *parts) const {
  if (!nested) return parts[1];
  at::Tensor wide = at::empty({parts[1].numel()}, parts[1].options().dtype(at::kFloat));
  const Scales scales(*this, parts);
  float *out = wide.mutable_data_ptr<float>();
  parallel(wide.numel(), 16384, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) out[i] = scales[i];
  });
  return wide;
}

const float *WeightForm::table() const { return ::table(kind).data(); }

void WeightForm::check(const at::Tensor *parts) const {
  const int64_t values = rows * columns;
  const bool four = kind != CT_CODE_INT8;
  const int64_t scale_count = four ? blocks(values, block) : rows;
  TORCH_CHECK(rows > 0 && columns > 0 && block > 0, "a weight without values");
  // A block of 4-bit codes begins with a byte.
  TORCH_CHECK(!four || block % 2 == 0, "a block of ", block, " values; expected an even number");
  TORCH_CHECK(
      parts[0].numel() == (four ? (values + 1) / 2 : values) &&
          parts[0].scalar_type() == (four ? at::kByte : at::kChar),
      "codes ", parts[0].scalar_type(), parts[0].sizes(), " do not fit a weight [", rows, ", ",
      columns, "]");
  TORCH_CHECK(
      parts[1].numel() == scale_count &&
          parts[1].scalar_type() == (nested ? at::kByte : at::kFloat) &&
          (!nested || (parts[2].numel() == blocks(scale_count, nested_block) &&
                       parts[2].scalar_type() == at::kFloat)),
      "scales ", parts[1].scalar_type(), parts[1].sizes(), " do not fit ", scale_count,
      " blocks");
}

ct_result ct_quantize(
    ct_in weight, ct_code_kind kind, int64_t block, ct_tensor **codes, ct_tensor **scales) {
  return guarded(__func__, [&] {
    if (kind == CT_CODE_INT8)
      encode_rows(value(weight), codes, scales);
    else
      encode_blocks(value(weight), kind, block, codes, scales);
  });
}

ct_result ct_quantize_scales(
    ct_in scales, ct_tensor **codes, ct_tensor **nested, double *offset) {
  return guarded(__func__, [&] {
    const at::Tensor all = value(scales).to(at::kFloat).contiguous().flatten();
    const at::Tensor mean = all.mean();
    const at::Tensor centred = all - mean;
    const int64_t count = centred.numel(), parts = blocks(count, nested_block);
    at::Tensor bytes = at::empty({count}, at::kByte), most = at::empty({parts}, at::kFloat);
    const float *x = read<float>(centred);
    for (int64_t i = 0; i < parts; i++) {
      const int64_t start = i * nested_block, size = std::min(nested_block, count - start);
      const float greatest = kernels::greatest_magnitude(x + start, size);
      most.mutable_data_ptr<float>()[i] = greatest;
      kernels::encode(
          x + start, 1.0f / std::max(greatest, 1e-38f), kernels::dynamic_map(true),
          bytes.mutable_data_ptr<uint8_t>() + start, size);
    }
    *offset = mean.item<float>();
    give(codes, std::move(bytes));
    give(nested, std::move(most));
  });
}

ct_result ct_dequantize(const ct_codes *weight, int dtype, ct_tensor **out) {
  return guarded(__func__, [&] {
    const WeightForm form = WeightForm::of(*weight);
    std::vector<at::Tensor> parts{value(weight->codes), value(weight->scales)};
    if (form.nested) parts.push_back(value(weight->nested_or_null));
    form.check(parts.data());
    give(out, form.weight(parts.data(), scalar_type(dtype)));
  });
}
