// Completion of the word before the cursor: commands, or paths in whatever quoting the word was begun.
// Decides only; the folder is looked at through a function that is passed in.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace cp::client {

struct FolderEntry {
    std::string name;
    bool is_folder = false;
};
// `folder` as it was typed: "", "pictures/", "~/", "/". Empty when it cannot be read.
using FolderLister = std::function<std::vector<FolderEntry>(const std::string& folder)>;

struct Completion {
    std::size_t from = 0;             // byte at which the word begins
    std::string replacement;          // for everything from there to the cursor; empty: leave it
    std::vector<std::string> choices; // to be shown, when there are several and nothing can be added
};

[[nodiscard]] Completion complete(std::string_view before_cursor, const FolderLister&);

// The real one. Looks at no more than 10 000 entries; "~/" is `home`, and nothing when that is empty.
[[nodiscard]] std::vector<FolderEntry> list_folder(const std::string& folder, const std::string& home);

} // namespace cp::client
