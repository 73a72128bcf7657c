// Folders in the order of their names, out of listings in the order of keys: "a-b/" is a smaller key than
// "a/", but "a" is the smaller name. Pure.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace cp::store {

// Of `names`, seen in a listing up to the key `last`, those that no name yet unseen sorts before.
[[nodiscard]] std::vector<std::string> settled_folders(const std::set<std::string>& names,
                                                       std::string_view last);

} // namespace cp::store
