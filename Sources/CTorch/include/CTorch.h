// A C boundary over libtorch: what a language model needs, and no more.
//
// Every function that can fail returns `const ct_error *`, NULL meaning success; the caller
// releases an error with ct_error_release. Results come through `out`; the caller owns them and
// releases them with ct_tensor_release. A NULL operand is an error, never a crash.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ct_tensor ct_tensor;
typedef struct ct_error ct_error;
typedef const ct_error *ct_result;
typedef const ct_tensor *ct_in;

// Errors (guard.cpp)
enum { CT_INVALID = 1, CT_OUT_OF_MEMORY = 2, CT_INTERNAL = 3 };
int ct_error_code(ct_result error);
const char *ct_error_message(ct_result error);
const char *ct_error_operation(ct_result error);
void ct_error_release(ct_result error);

// Kinds of values, in the order of `types` in guard.cpp.
enum {
  CT_FLOAT64, CT_FLOAT32, CT_FLOAT16, CT_BFLOAT16, CT_INT64, CT_INT32, CT_INT16, CT_INT8,
  CT_UINT8, CT_BOOL, CT_FLOAT8_E4M3, CT_FLOAT8_E5M2, CT_UINT16, CT_UINT32, CT_UINT64
};

// A device: CT_CPU, CT_CUDA or CT_MPS and an index.
enum { CT_CPU, CT_CUDA, CT_MPS };
typedef struct { int kind; int index; } ct_device;

// Factories (factories.cpp)
ct_result ct_empty(
    const int64_t *shape, int64_t rank, int dtype, ct_device device, ct_tensor **out);
ct_result ct_full(
    const int64_t *shape, int64_t rank, double value, int dtype, ct_device device, ct_tensor **out);
ct_result ct_arange(int64_t count, int dtype, ct_device device, ct_tensor **out);
ct_result ct_from_bytes(
    const void *bytes, int64_t byte_count, const int64_t *shape, int64_t rank, int dtype,
    ct_tensor **out);
// Shares `bytes`; `release(owner)` is called once, when the storage goes, or at once on failure.
ct_result ct_from_owned(
    const void *bytes, int64_t byte_count, const int64_t *shape, int64_t rank, int dtype,
    void *owner, void (*release)(void *owner), ct_tensor **out);
void ct_tensor_release(ct_tensor *tensor);

// Facts (facts.cpp)
ct_result ct_rank(ct_in tensor, int64_t *out);
ct_result ct_shape(ct_in tensor, int64_t *out);  // writes `rank` extents
ct_result ct_size(ct_in tensor, int64_t dimension, int64_t *out);
ct_result ct_count(ct_in tensor, int64_t *out);
ct_result ct_dtype(ct_in tensor, int *out);
ct_result ct_device_of(ct_in tensor, ct_device *out);
ct_result ct_requires_gradient(ct_in tensor, bool *out);
ct_result ct_is_contiguous(ct_in tensor, bool *out);
ct_result ct_item(ct_in tensor, double *out);
ct_result ct_bytes(ct_in tensor, const void **out, int64_t *byte_count);  // contiguous on the CPU
ct_result ct_all_finite(ct_in tensor, bool *out);

// Shape and indexing (shape.cpp)
ct_result ct_view(ct_in tensor, const int64_t *shape, int64_t rank, ct_tensor **out);
ct_result ct_reshape(ct_in tensor, const int64_t *shape, int64_t rank, ct_tensor **out);
ct_result ct_expand(ct_in tensor, const int64_t *shape, int64_t rank, ct_tensor **out);
ct_result ct_permute(ct_in tensor, const int64_t *order, int64_t rank, ct_tensor **out);
ct_result ct_transpose(ct_in tensor, int64_t a, int64_t b, ct_tensor **out);
ct_result ct_unsqueeze(ct_in tensor, int64_t dimension, ct_tensor **out);
ct_result ct_squeeze(ct_in tensor, int64_t dimension, ct_tensor **out);
ct_result ct_contiguous(ct_in tensor, ct_tensor **out);
ct_result ct_clone(ct_in tensor, ct_tensor **out);
ct_result ct_narrow(
    ct_in tensor, int64_t dimension, int64_t start, int64_t length, ct_tensor **out);
ct_result ct_select(ct_in tensor, int64_t dimension, int64_t index, ct_tensor **out);
ct_result ct_index_select(ct_in tensor, int64_t dimension, ct_in indices, ct_tensor **out);
ct_result ct_gather(ct_in tensor, int64_t dimension, ct_in indices, ct_tensor **out);
ct_result ct_scatter(
    ct_in tensor, int64_t dimension, ct_in indices, ct_in values, ct_tensor **out);
ct_result ct_index_add(
    ct_in tensor, int64_t dimension, ct_in indices, ct_in values, ct_tensor **out);
ct_result ct_concatenate(
    const ct_in *tensors, int64_t count, int64_t dimension, ct_tensor **out);
ct_result ct_stack(const ct_in *tensors, int64_t count, int64_t dimension, ct_tensor **out);
ct_result ct_repeat_interleave(
    ct_in tensor, int64_t repeats, int64_t dimension, ct_tensor **out);
ct_result ct_flip(ct_in tensor, int64_t dimension, ct_tensor **out);
ct_result ct_masked_fill(ct_in tensor, ct_in mask, double value, ct_tensor **out);
ct_result ct_where(ct_in condition, ct_in a, ct_in b, ct_tensor **out);
ct_result ct_triangle(ct_in tensor, int64_t diagonal, bool upper, ct_tensor **out);
ct_result ct_to_dtype(ct_in tensor, int dtype, ct_tensor **out);
ct_result ct_to_device(ct_in tensor, ct_device device, ct_tensor **out);

// Elementwise mathematics and reductions (math.cpp)
typedef enum {
  CT_EXP, CT_LOG, CT_SQRT, CT_RSQRT, CT_SQUARE, CT_ABS, CT_SIN, CT_COS, CT_TANH, CT_SIGMOID,
  CT_SILU, CT_GELU, CT_GELU_TANH, CT_RELU, CT_NEGATE, CT_NOT, CT_IS_FINITE, CT_ROUND, CT_FLOOR,
  CT_LOG_SIGMOID
} ct_unary;
typedef enum {
  CT_ADD, CT_SUBTRACT, CT_MULTIPLY, CT_DIVIDE, CT_MAXIMUM, CT_MINIMUM, CT_POWER, CT_EQUAL,
  CT_NOT_EQUAL, CT_LESS, CT_LESS_EQUAL, CT_GREATER, CT_GREATER_EQUAL, CT_AND, CT_OR
} ct_binary;
typedef enum {
  CT_SUM, CT_MEAN, CT_MAX, CT_MIN, CT_ARGMAX, CT_LOG_SUM_EXP, CT_NORM, CT_SOFTMAX,
  CT_LOG_SOFTMAX, CT_CUMULATIVE_SUM
} ct_reduction;
ct_result ct_map(ct_unary operation, ct_in tensor, ct_tensor **out);
ct_result ct_combine(ct_binary operation, ct_in a, ct_in b, ct_tensor **out);
// `reversed`: the scalar stands on the left.
ct_result ct_combine_scalar(
    ct_binary operation, ct_in a, double b, bool reversed, ct_tensor **out);
ct_result ct_clamp(ct_in tensor, double low, double high, ct_tensor **out);  // NaN: no bound
ct_result ct_reduce(ct_reduction operation, ct_in tensor, ct_tensor **out);
ct_result ct_reduce_along(
    ct_reduction operation, ct_in tensor, int64_t dimension, bool keep, ct_tensor **out);
ct_result ct_top(
    ct_in tensor, int64_t count, int64_t dimension, ct_tensor **values, ct_tensor **indices);
ct_result ct_sum_of_squares(ct_in tensor, double *out);
ct_result ct_sort(
    ct_in tensor, int64_t dimension, bool descending, ct_tensor **values, ct_tensor **indices);

// In place, never recorded for gradients (inplace.cpp)
ct_result ct_copy_in_place(ct_in tensor, ct_in source);
ct_result ct_fill_in_place(ct_in tensor, double value);
ct_result ct_add_in_place(ct_in tensor, ct_in other, double scale);
ct_result ct_scale_in_place(ct_in tensor, double factor);
ct_result ct_index_copy_in_place(
    ct_in tensor, int64_t dimension, ct_in indices, ct_in source);

// Linear algebra (linear.cpp, lowrank.cpp)
ct_result ct_matmul(ct_in a, ct_in b, ct_tensor **out);
ct_result ct_linear(ct_in x, ct_in weight, ct_in bias_or_null, ct_tensor **out);
ct_result ct_embedding(ct_in table, ct_in indices, ct_tensor **out);
typedef struct { ct_in a; ct_in b; ct_in mask_or_null; double scale; } ct_low_rank;
// x, or the gate and what it gates: then the input is silu(x) · up, computed again for the gradient
// instead of being kept. `generates`: a few rows may go through a product of their own, which is
// bound by reading the weight and rounds otherwise.
typedef struct { ct_in x; ct_in up_or_null; bool generates; } ct_linear_input;
ct_result ct_low_rank_linear(
    const ct_linear_input *input, ct_in weight, ct_in bias_or_null, const ct_low_rank *updates,
    int64_t count, ct_tensor **out);

// Decompositions of matrices, and choosing values by size (decompositions.cpp)
ct_result ct_svd(ct_in matrix, ct_tensor **left, ct_tensor **values, ct_tensor **right);
ct_result ct_qr(ct_in matrix, ct_tensor **orthonormal, ct_tensor **triangular);
ct_result ct_keep_largest(ct_in tensor, int64_t count, ct_tensor **out);

// Weights that lie on a mapped file, whose pages are in memory only while they are used (pages.cpp,
// lowrank.cpp). The neighbours are what is used after this one, forward and back.
typedef struct { ct_in weight, next_or_null, previous_or_null; } ct_streamed;
ct_result ct_streamed_linear(
    const ct_linear_input *input, const ct_streamed *weight, ct_in bias_or_null,
    const ct_low_rank *updates, int64_t count, ct_tensor **out);
ct_result ct_let_go(ct_in mapped);

// Weights in codes with a scale for each block (quantize.cpp). The first of two 4-bit codes lies in
// the upper half of its byte; scales are float32, or codes of their own beside nested scales.
typedef enum { CT_CODE_NF4, CT_CODE_FP4, CT_CODE_INT8 } ct_code_kind;
typedef struct {
  ct_in codes, scales, nested_or_null;
  double offset;  // of nested scales
  int64_t rows, columns, block;
  ct_code_kind kind;
} ct_codes;
ct_result ct_quantize(
    ct_in weight, ct_code_kind kind, int64_t block, ct_tensor **codes, ct_tensor **scales);
ct_result ct_quantize_scales(
    ct_in scales, ct_tensor **codes, ct_tensor **nested, double *offset);
ct_result ct_dequantize(const ct_codes *weight, int dtype, ct_tensor **out);
ct_result ct_quantized_linear(
    const ct_linear_input *input, const ct_codes *weight, ct_in bias_or_null,
    const ct_low_rank *updates, int64_t count, ct_tensor **out);

// Model operations, each a custom autograd function (norm.cpp, rotary.cpp, gated.cpp)
ct_result ct_rms_norm(
    ct_in x, ct_in weight, double epsilon, bool unit_offset, ct_tensor **out);
ct_result ct_added_rms_norm(
    ct_in x, ct_in addition, ct_in weight, double epsilon, bool unit_offset, ct_tensor **sum,
    ct_tensor **out);
ct_result ct_layer_norm(
    ct_in x, ct_in weight_or_null, ct_in bias_or_null, double epsilon, ct_tensor **out);
ct_result ct_rotate(ct_in x, ct_in cosine, ct_in sine, ct_tensor **out);
ct_result ct_rotate_in_place(  // x [N, H·width] is written to where that can be done
    ct_in x, ct_in cosine, ct_in sine, int64_t width, ct_tensor **out);
ct_result ct_gated(ct_in gate, ct_in up, bool gelu, ct_tensor **out);

// Attention (attention.cpp)
ct_result ct_packed_attention(
    ct_in q, ct_in k, ct_in v, const int64_t *bounds, int64_t documents, double scale,
    ct_tensor **out);
ct_result ct_cached_attention(ct_in q, ct_in k, ct_in v, double scale, ct_tensor **out);

// Losses (losses.cpp)
typedef struct {
  ct_in hidden, weight, bias_or_null, targets, token_weights_or_null;
  double scale, soft_cap;  // soft_cap <= 0: none
  double label_smoothing, z_loss;
  int64_t chunk;           // rows at a time; 0: chosen
  bool wants_hidden_gradient, wants_weight_gradient, wants_log_probabilities;
} ct_cross_entropy_request;
typedef struct {
  ct_tensor *loss, *regularization, *correct, *log_probabilities, *hidden_gradient,
      *weight_gradient;
} ct_cross_entropy;
ct_result ct_linear_cross_entropy(
    const ct_cross_entropy_request *request, ct_cross_entropy *out);

// Gradients (autograd.cpp)
ct_result ct_set_requires_gradient(ct_in tensor, bool flag);
ct_result ct_detach(ct_in tensor, ct_tensor **out);
// `out` holds `input_count` places; NULL where an input does not take part.
ct_result ct_gradients(
    const ct_in *outputs, const ct_in *seeds, int64_t output_count, const ct_in *inputs,
    int64_t input_count, ct_tensor **out);
bool ct_gradient_enabled(void);
void ct_enable_gradient(bool enabled);

// Counter-based random numbers (random.cpp)
void ct_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);
ct_result ct_uniform(
    const int64_t *shape, int64_t rank, double low, double high, uint64_t seed, uint64_t stream,
    ct_tensor **out);
ct_result ct_normal(
    const int64_t *shape, int64_t rank, double deviation, uint64_t seed, uint64_t stream,
    ct_tensor **out);
ct_result ct_dropout_mask(
    ct_in rows, ct_in positions, int64_t width, double probability, uint64_t key, int dtype,
    ct_tensor **out);

// Optimizers (optimizers.cpp): float32 parameters and moments, float32 or bfloat16 gradients.
typedef struct {
  double learning_rate, beta1, beta2, epsilon, weight_decay, gradient_scale;
  int64_t step;
} ct_adamw;
ct_result ct_adamw_step(
    const ct_in *parameters, const ct_in *gradients, const ct_in *first, const ct_in *second,
    int64_t count, const ct_adamw *settings);
// The same with moments in 8-bit codes, a float32 scale for each CT_MOMENT_BLOCK values.
enum { CT_MOMENT_BLOCK = 256 };
typedef struct { ct_in codes, scales; } ct_moment;
ct_result ct_adamw_8bit_step(
    const ct_in *parameters, const ct_in *gradients, const ct_moment *first,
    const ct_moment *second, int64_t count, const ct_adamw *settings);
ct_result ct_dynamic_map(bool is_signed, ct_tensor **out);  // 256 values, ascending

// CPU memory (memory.cpp), bytes
int64_t ct_memory_current(void);
int64_t ct_memory_peak(void);
void ct_memory_reset_peak(void);
int64_t ct_memory_budget(void);  // negative: none
void ct_memory_set_budget(int64_t bytes);

// The machine (device.cpp)
const char *ct_version(void);
const char *ct_instruction_set(void);  // that kernels choose by
int ct_threads(void);
ct_result ct_set_threads(int count);
bool ct_has_fast_bfloat16(void);
int ct_cuda_device_count(void);
bool ct_has_mps(void);
ct_result ct_synchronize(ct_device device);

#ifdef __cplusplus
}
#endif
