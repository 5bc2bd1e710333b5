#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <ATen/detail/MPSHooksInterface.h>
#include <dlfcn.h>
#include <torch/headeronly/version.h>
#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

#include "guard.hpp"

namespace {

/// Loads libtorch_cuda from beside libtorch_cpu, when it is there: its constructors register the
/// CUDA kernels with the dispatcher, so one executable serves machines with and without a GPU.
bool load_cuda() {
#if defined(__linux__)
  Dl_info place;
  if (dladdr(reinterpret_cast<void *>(&at::init_num_threads), &place) == 0 ||
      place.dli_fname == nullptr)
    return false;
  const std::string path(place.dli_fname);
  const std::string folder = path.substr(0, path.rfind('/') + 1);
  return dlopen((folder + "libtorch_cuda.so").c_str(), RTLD_NOW | RTLD_GLOBAL) != nullptr;
#else
  return false;
#endif
}

}  // namespace

const char *ct_version(void) { return TORCH_VERSION; }

const char *ct_instruction_set(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("amx-bf16")) return "AMX-BF16";
  if (__builtin_cpu_supports("avx512bf16")) return "AVX512-BF16";
  if (__builtin_cpu_supports("avx512bw")) return "AVX512";
  return __builtin_cpu_supports("avx2") ? "AVX2" : "SSE2";
#elif defined(__aarch64__)
  return ct_has_fast_bfloat16() ? "NEON-BF16" : "NEON";
#else
  return "other";
#endif
}

int ct_threads(void) { return at::get_num_threads(); }

ct_result ct_set_threads(int count) {
  return bridge::guarded(__func__, [&] {
    TORCH_CHECK(count > 0, "the number of threads must be positive, not ", count);
    at::set_num_threads(count);
  });
}

bool ct_has_fast_bfloat16(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512bf16");  // every AMX machine has it too
#elif defined(__aarch64__) && defined(__linux__)
  constexpr unsigned long bf16 = 1ul << 14;  // HWCAP2_BF16
  return (getauxval(AT_HWCAP2) & bf16) != 0;
#else
  return false;
#endif
}

int ct_cuda_device_count(void) {
  static const bool loaded = load_cuda();
  int count = 0;
  const ct_error *failure = bridge::guarded(__func__, [&] {
    if (loaded && at::hasCUDA()) count = at::detail::getCUDAHooks().getNumGPUs();
  });
  ct_error_release(failure);
  return count;
}

bool ct_has_mps(void) {
  bool available = false;
  const ct_error *failure = bridge::guarded(__func__, [&] { available = at::hasMPS(); });
  ct_error_release(failure);
  return available;
}

ct_result ct_synchronize(ct_device place) {
  return bridge::guarded(__func__, [&] {
    if (place.kind == CT_CUDA)
      at::detail::getCUDAHooks().deviceSynchronize(static_cast<at::DeviceIndex>(place.index));
    if (place.kind == CT_MPS) at::detail::getMPSHooks().deviceSynchronize();
  });
}
