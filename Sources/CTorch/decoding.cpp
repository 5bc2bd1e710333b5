#include "decoding.hpp"

#include <cmath>
#include <cstring>

#include "kernels.hpp"
#include "targets.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace kernels {

namespace {

template <class Value>
void look_up_plainly(const uint8_t *codes, const Value *table, Value *out, int64_t bytes) {
  for (int64_t i = 0; i < bytes; i++) {
    out[2 * i] = table[codes[i] >> 4];
    out[2 * i + 1] = table[codes[i] & 15];
  }
}

using LookUp = void (*)(const uint8_t *, const uint16_t *, uint16_t *, int64_t);
using DecodeBlocks = void (*)(
    const uint8_t *, const float *, const float *, uint16_t *, int64_t, int64_t);

void decode_blocks_by_table(
    const uint8_t *codes, const float *table, const float *scales, uint16_t *out, int64_t blocks,
    int64_t block) {
  for (int64_t b = 0; b < blocks; b++) {
    float scaled[16];
    uint16_t halves[16];
    normalize(table, scales[b], scaled, 16);
    narrow(scaled, halves, 16);
    look_up(codes + b * block / 2, halves, out + b * block, block / 2);
  }
}

#if defined(__x86_64__)

/// 32 values at a time: a register of 32 words holds the table twice.
__attribute__((target("avx512bw,avx512vl"))) void look_up_avx512(
    const uint8_t *codes, const uint16_t *table, uint16_t *out, int64_t bytes) {
  const __m256i once = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(table));
  const __m512i twice = _mm512_broadcast_i64x4(once);
  const __m128i low = _mm_set1_epi8(15);
  int64_t i = 0;
  for (; i + 16 <= bytes; i += 16) {
    const __m128i pairs = _mm_loadu_si128(reinterpret_cast<const __m128i *>(codes + i));
    const __m128i upper = _mm_and_si128(_mm_srli_epi16(pairs, 4), low);
    const __m128i lower = _mm_and_si128(pairs, low);
    const __m256i order =
        _mm256_set_m128i(_mm_unpackhi_epi8(upper, lower), _mm_unpacklo_epi8(upper, lower));
    const __m512i values = _mm512_permutexvar_epi16(_mm512_cvtepu8_epi16(order), twice);
    _mm512_storeu_si512(out + 2 * i, values);
  }
  look_up_plainly(codes + i, table, out + 2 * i, bytes - i);
}

/// The 16 values of a block are scaled and rounded in registers, and looked up there.
__attribute__((target("avx512bw,avx512vl"))) void decode_blocks_avx512(
    const uint8_t *codes, const float *table, const float *scales, uint16_t *out, int64_t blocks,
    int64_t block) {
  if (block % 32 != 0) return decode_blocks_by_table(codes, table, scales, out, blocks, block);
  const __m512 values = _mm512_loadu_ps(table);
  const __m512i bias = _mm512_set1_epi32(0x7fff), one = _mm512_set1_epi32(1);
  const __m128i low = _mm_set1_epi8(15);
  for (int64_t b = 0; b < blocks; b++) {
    const __m512i bits = _mm512_castps_si512(_mm512_mul_ps(values, _mm512_set1_ps(scales[b])));
    const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), one);
    const __m512i rounded =
        _mm512_srli_epi32(_mm512_add_epi32(bits, _mm512_add_epi32(bias, odd)), 16);
    const __m512i twice = _mm512_broadcast_i64x4(_mm512_cvtepi32_epi16(rounded));
    for (int64_t i = 0; i < block / 2; i += 16, codes += 16, out += 32) {
      const __m128i pairs = _mm_loadu_si128(reinterpret_cast<const __m128i *>(codes));
      const __m128i upper = _mm_and_si128(_mm_srli_epi16(pairs, 4), low);
      const __m128i lower = _mm_and_si128(pairs, low);
      const __m256i order =
          _mm256_set_m128i(_mm_unpackhi_epi8(upper, lower), _mm_unpacklo_epi8(upper, lower));
      _mm512_storeu_si512(out, _mm512_permutexvar_epi16(_mm512_cvtepu8_epi16(order), twice));
    }
  }
}

/// 16 values at a time: the table's lower and upper bytes are looked up apart.
__attribute__((target("avx2"))) void look_up_avx2(
    const uint8_t *codes, const uint16_t *table, uint16_t *out, int64_t bytes) {
  alignas(16) uint8_t split[2][16];
  for (int j = 0; j < 16; j++) {
    split[0][j] = static_cast<uint8_t>(table[j]);
    split[1][j] = static_cast<uint8_t>(table[j] >> 8);
  }
  const __m128i first = _mm_load_si128(reinterpret_cast<const __m128i *>(split[0]));
  const __m128i second = _mm_load_si128(reinterpret_cast<const __m128i *>(split[1]));
  const __m128i low = _mm_set1_epi8(15);
  int64_t i = 0;
  for (; i + 8 <= bytes; i += 8) {
    const __m128i pairs = _mm_loadl_epi64(reinterpret_cast<const __m128i *>(codes + i));
    const __m128i upper = _mm_and_si128(_mm_srli_epi16(pairs, 4), low);
    const __m128i order = _mm_unpacklo_epi8(upper, _mm_and_si128(pairs, low));
    const __m128i a = _mm_shuffle_epi8(first, order), b = _mm_shuffle_epi8(second, order);
    auto *target = reinterpret_cast<__m128i *>(out + 2 * i);
    _mm_storeu_si128(target, _mm_unpacklo_epi8(a, b));
    _mm_storeu_si128(target + 1, _mm_unpackhi_epi8(a, b));
  }
  look_up_plainly(codes + i, table, out + 2 * i, bytes - i);
}

bool has_avx512() {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}

DecodeBlocks chosen_blocks() {
  return has_avx512() ? decode_blocks_avx512 : decode_blocks_by_table;
}

LookUp chosen() {
  if (has_avx512()) return look_up_avx512;
  return __builtin_cpu_supports("avx2") ? look_up_avx2 : look_up_plainly<uint16_t>;
}

#elif defined(__aarch64__)

/// 16 values at a time: the table's lower and upper bytes are looked up apart.
void look_up_neon(const uint8_t *codes, const uint16_t *table, uint16_t *out, int64_t bytes) {
  const uint8x16x2_t split = vld2q_u8(reinterpret_cast<const uint8_t *>(table));
  int64_t i = 0;
  for (; i + 8 <= bytes; i += 8) {
    const uint8x8_t pairs = vld1_u8(codes + i);
    const uint8x8x2_t order = vzip_u8(vshr_n_u8(pairs, 4), vand_u8(pairs, vdup_n_u8(15)));
    const uint8x16_t indices = vcombine_u8(order.val[0], order.val[1]);
    const uint8x16x2_t words = {
        {vqtbl1q_u8(split.val[0], indices), vqtbl1q_u8(split.val[1], indices)}};
    vst2q_u8(reinterpret_cast<uint8_t *>(out + 2 * i), words);
  }
  look_up_plainly(codes + i, table, out + 2 * i, bytes - i);
}

LookUp chosen() { return look_up_neon; }

DecodeBlocks chosen_blocks() { return decode_blocks_by_table; }

#else

LookUp chosen() { return look_up_plainly<uint16_t>; }

DecodeBlocks chosen_blocks() { return decode_blocks_by_table; }

#endif

}  // namespace

void look_up(const uint8_t *codes, const uint16_t table[16], uint16_t *out, int64_t bytes) {
  static const LookUp best = chosen();
  best(codes, table, out, bytes);
}

void look_up(const uint8_t *codes, const float table[16], float *out, int64_t bytes) {
  look_up_plainly(codes, table, out, bytes);
}

void decode_blocks(
    const uint8_t *codes, const float table[16], const float *scales, uint16_t *out,
    int64_t blocks, int64_t block) {
  static const DecodeBlocks best = chosen_blocks();
  best(codes, table, scales, out, blocks, block);
}

WIDE void count_bounds_below(
    const float *x, float factor, const float *bounds, int64_t bound_count, uint8_t *out,
    int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    float value = x[i] * factor;
    value = value > 1.0f ? 1.0f : value < -1.0f ? -1.0f : value;
    int below = 0;
    for (int64_t j = 0; j < bound_count; j++) below += value > bounds[j];
    out[i] = static_cast<uint8_t>(below);
  }
}

WIDE float greatest_magnitude(const float *x, int64_t count) {
  FAST float most = 0;
  for (int64_t i = 0; i < count; i++) {
    const float size = __builtin_fabsf(x[i]);
    most = size > most ? size : most;
  }
  return most;
}

}  // namespace kernels
