// The largest single allocation of this thread while a watch lives. The test program's own operator new
// counts.
#pragma once

#include <cstddef>

namespace cp::test {

class AllocationWatch {
public:
    AllocationWatch();
    [[nodiscard]] std::size_t largest() const;
};

} // namespace cp::test
