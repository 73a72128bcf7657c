#include "repl/complete.hpp"

#include "base/utf8.hpp"
#include "client_core/command.hpp"
#include "client_core/words.hpp"

#include <algorithm>
#include <filesystem>

namespace cp::client {
namespace {

struct Candidate {
    std::string text;   // the whole word
    std::string shown;  // in a list
    bool final = false; // nothing may follow it in this word
};

std::vector<Candidate> commands(const std::string& begin) {
    std::vector<Candidate> found;
    for (const CommandEntry& entry : command_table()) {
        if (!entry.name.starts_with(begin)) continue;
        found.push_back({std::string{entry.name}, std::string{entry.name}, true});
    }
    return found;
}

// A name with control characters cannot be typed, only pasted into trouble.
bool can_be_typed(const std::string& name) { return is_utf8(name) && printable(name) == name; }

std::vector<Candidate> paths(const std::string& begin, const FolderLister& list) {
    const std::size_t slash = begin.rfind('/');
    const std::string folder = slash == std::string::npos ? std::string{} : begin.substr(0, slash + 1);
    const std::string_view name = std::string_view{begin}.substr(folder.size());
    std::vector<Candidate> found;
    for (const FolderEntry& entry : list(folder)) {
        const bool hidden = entry.name.starts_with('.') && !name.starts_with('.');
        if (hidden || !entry.name.starts_with(name) || !can_be_typed(entry.name)) continue;
        const std::string shown = entry.name + (entry.is_folder ? "/" : "");
        found.push_back({folder + shown, shown, !entry.is_folder});
    }
    return found;
}

std::vector<Candidate> candidates(const OpenWord& word, const FolderLister& list) {
    if (word.in_comment) return {};
    if (word.before.empty()) return commands(word.text);
    const CommandEntry* entry = find_command(word.before[0]);
    if (entry == nullptr) return {};
    switch (entry->completes) {
    case Completes::nothing: return {};
    case Completes::commands: return commands(word.text);
    case Completes::paths:
        // In quotes a ~ is only a letter.
        if (word.quoting != Quoting::backslash && word.text.starts_with("~/")) return {};
        return paths(word.text, list);
    }
    return {};
}

std::string common_begin(const std::vector<Candidate>& found) {
    std::string_view common = found.front().text;
    for (const Candidate& candidate : found) {
        const auto differ = std::ranges::mismatch(common, candidate.text).in1;
        common = common.substr(0, static_cast<std::size_t>(differ - common.begin()));
    }
    while (!is_utf8(common)) common.remove_suffix(1); // the names differ within a character
    return std::string{common};
}

} // namespace

Completion complete(std::string_view before_cursor, const FolderLister& list) {
    const OpenWord word = open_word(before_cursor);
    std::vector<Candidate> found = candidates(word, list);
    if (found.empty()) return {};
    std::ranges::sort(found, {}, &Candidate::text);

    Completion out{word.from, {}, {}};
    const std::string common = common_begin(found);
    if (found.size() == 1) {
        out.replacement = escaped(common, word.quoting);
        if (found.front().final) out.replacement.append(closing(word.quoting)).append(" ");
    } else if (common.size() > word.text.size()) {
        out.replacement = escaped(common, word.quoting);
    } else {
        for (Candidate& candidate : found) out.choices.push_back(std::move(candidate.shown));
    }
    return out;
}

std::vector<FolderEntry> list_folder(const std::string& folder, const std::string& home) {
    constexpr std::size_t entries_max = 10'000;
    std::filesystem::path path = folder.empty() ? "." : folder;
    if (folder.starts_with("~/")) {
        if (home.empty()) return {};
        path = std::filesystem::path{home} / folder.substr(2);
    }
    std::vector<FolderEntry> entries;
    std::error_code failed; // an unreadable folder completes to nothing
    std::filesystem::directory_iterator at{path, failed};
    for (; !failed && at != std::filesystem::directory_iterator{}; at.increment(failed)) {
        if (entries.size() == entries_max) break;
        std::error_code unknown;
        entries.push_back({at->path().filename().native(), at->is_directory(unknown)});
    }
    return entries;
}

} // namespace cp::client
