// Result<T>: a value, or an error_code of ours (errc.hpp). For what is expected to fail: peers, users, disks.
// GCC 12 has no std::expected; boost::system::result is what Boost's own libraries return.
#pragma once

#include "base/errc.hpp"

#include <boost/system/result.hpp>

#include <string>
#include <utility>

namespace cp {

template <class T>
using Result = boost::system::result<T>;

// Of a Result's error, which is always one of ours.
[[nodiscard]] inline errc code_of(const boost::system::error_code& error) {
    return static_cast<errc>(error.value());
}

// An error with the one line a person gets: what, where, what to do.
struct Failure {
    errc code = errc::internal;
    std::string line;
};

// For shells, which owe the user a line; cores return Result.
template <class T>
using Outcome = boost::system::result<T, Failure>;

[[noreturn]] inline void throw_exception_from_error(const Failure& failure, const boost::source_location&) {
    throw boost::system::system_error(make_error_code(failure.code), failure.line);
}

} // namespace cp
