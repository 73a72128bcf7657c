// CP_CHECK(condition): an invariant of ours. False means a bug here, never a peer's or a user's doing, so the
// program stops at the cause, in release builds too.
#pragma once

namespace cp::detail {
[[noreturn]] void check_failed(const char* condition, const char* file, int line) noexcept;
}

#define CP_CHECK(condition)                                                                                  \
    (static_cast<bool>(condition) ? static_cast<void>(0)                                                     \
                                  : ::cp::detail::check_failed(#condition, __FILE__, __LINE__))
