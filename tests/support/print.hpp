// How BOOST_TEST prints our types when a comparison fails.
#pragma once

#include "base/errc.hpp"

#include <ostream>

namespace cp {

inline std::ostream& boost_test_print_type(std::ostream& out, errc e) { return out << name(e); }

} // namespace cp
