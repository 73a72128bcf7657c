#include "store/s3_folders.hpp"

#include <algorithm>

namespace cp::store {

std::vector<std::string> settled_folders(const std::set<std::string>& names, std::string_view last) {
    // A folder whose key sorts behind `last` though its name sorts before is a beginning of `last` that ends
    // where a character below '/' follows. The shortest one is the smallest.
    const std::string_view name = last.substr(0, last.find('/'));
    for (std::size_t i = 1; i < name.size(); ++i) {
        if (name[i] >= '/' || name[i] < 0) continue;
        return {names.begin(), names.lower_bound(std::string{name.substr(0, i)})};
    }
    return {names.begin(), names.end()};
}

} // namespace cp::store
