// Pages of mapped files: asked for before they are needed, and let go after.
#pragma once

#include "guard.hpp"

namespace bridge {

/// Begins to read the pages of a range of a mapped file.
void ask_for(int64_t address, int64_t bytes);

/// Takes the pages of a tensor out of this process; the next use reads them again. Only for a
/// tensor on a mapped file that nobody writes to: other memory would come back as zeros.
void let_go(const at::Tensor &mapped);

}  // namespace bridge
