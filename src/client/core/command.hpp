// The commands of the client: one table for REPL, scripts and one shot. Words in, a Command or one usage line
// out; nothing is opened, sent or expanded here. A new command is a struct, its place in the variant, and a
// table line.
#pragma once

#include "base/result.hpp"
#include "client_core/words.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cp::client {

struct Upload {
    std::vector<std::string> paths;
};
struct SendImage {
    std::vector<std::string> paths;
};
// Exactly one of text, from_file and cover is given.
struct Hide {
    std::string path;
    std::string text;
    std::string from_file;
    std::string cover;  // then it is the picture `path` that is hidden, in this one
    bool plain = false; // --method lsb
};
struct Extract {
    std::string file;
    std::string out; // empty: a text is shown, a file gets a name made from what was hidden
    bool plain = false;
};
struct Capacity {
    std::string path;
};
struct Decrypt {
    std::string file;
    std::string out; // empty: a name made from the file's (output_name.hpp)
};
struct Verify {
    std::string file;
    std::string original; // empty: only the file's own tag is checked
};
struct Status {};
struct Members {};
struct Discover {};
struct Doctor {};
struct Register {
    std::string addr; // empty: where this client is reached
};
struct Online {};
struct Users {};
struct Gallery {
    std::string user; // empty: one's own
};
struct Get {
    std::string name; // "1733511234-a1b2c3d4.png", or "bob/…"
};
struct Put {
    std::string path;
};
struct Help {
    std::string topic; // a command's name, or empty
};
struct Quit {};

using Command = std::variant<Upload, Hide, SendImage, Decrypt, Extract, Verify, Capacity, Status, Members,
                             Discover, Doctor, Register, Online, Users, Gallery, Get, Put, Help, Quit>;

struct Arguments {
    std::vector<std::string> words;
    std::vector<std::string> options; // one value for each option of the entry, empty when absent

    // The word at `index`, moved out; empty when it was left out.
    [[nodiscard]] std::string take(std::size_t index) {
        return index < words.size() ? std::move(words[index]) : std::string{};
    }
};

enum class Completes { nothing, paths, commands };

struct CommandEntry {
    std::string_view name;
    std::string_view arguments; // as in the usage line
    std::string_view does;      // one sentence for the help
    std::string_view example;
    std::size_t min_words = 0;
    std::size_t max_words = 0;
    std::vector<std::string_view> options; // those that take a value
    Completes completes = Completes::nothing;
    Command (*make)(Arguments&&) = nullptr;
    // What is wrong with arguments that are well-formed one by one; empty: nothing.
    std::string (*contradiction)(const Arguments&) = nullptr;
};

[[nodiscard]] std::span<const CommandEntry> command_table();
[[nodiscard]] const CommandEntry* find_command(std::string_view name); // aliases too; nullptr: unknown
[[nodiscard]] std::string synopsis(const CommandEntry&);               // "decrypt FILE [-o OUT]"
[[nodiscard]] std::string_view command_name(const Command&);           // "send-image": what the JSON says

// What the text about an unknown command may draw on. Both may be left out.
struct CommandHints {
    std::string invocation{}; // "client alice": written before the command that was probably meant
    std::function<bool(const std::string&)> file_exists{};
};

// All failures are errc::usage with one line. REQUIRES nothing of the words; none at all is a failure too.
[[nodiscard]] Outcome<Command> parse_command(std::span<const std::string> words, const CommandHints& = {});

// Lines no longer than `columns` (from 30 on), each ended. `topic`: one command only, or all when unknown.
[[nodiscard]] std::string help_text(std::size_t columns, std::string_view topic = {});

} // namespace cp::client
