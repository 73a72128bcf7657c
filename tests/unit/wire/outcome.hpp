// A Result as the word that vectors and expectations use: "ok", or the name of the errc.
#pragma once

#include "base/result.hpp"

#include <string>

namespace cp::test {

template <class T>
[[nodiscard]] std::string outcome(const Result<T>& result) {
    return result ? "ok" : std::string{name(static_cast<errc>(result.error().value()))};
}

} // namespace cp::test
