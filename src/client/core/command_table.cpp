// The table of commands: their words, options, helps and how each is made of its arguments.
#include "base/utf8.hpp"
#include "client_core/command.hpp"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

namespace cp::client {
namespace {

constexpr std::size_t many = static_cast<std::size_t>(-1);

template <class C>
Command with_paths(Arguments&& a) {
    return C{std::move(a.words)};
}
template <class C>
Command with_file_and_second(Arguments&& a) {
    return C{a.take(0), a.take(1)};
}
template <class C>
Command with_file_and_option(Arguments&& a) {
    return C{a.take(0), std::move(a.options[0])};
}
template <class C>
Command with_word(Arguments&& a) {
    return C{a.take(0)};
}
template <class C>
Command bare(Arguments&&) {
    return C{};
}

enum HideOption : std::size_t { hide_text, hide_file, hide_cover, hide_method };
enum ExtractOption : std::size_t { extract_out, extract_method };

Command hide_command(Arguments&& a) {
    return Hide{a.take(0), std::move(a.options[hide_text]), std::move(a.options[hide_file]),
                std::move(a.options[hide_cover]), a.options[hide_method] == "lsb"};
}
Command extract_command(Arguments&& a) {
    return Extract{a.take(0), std::move(a.options[extract_out]), a.options[extract_method] == "lsb"};
}

std::string unknown_method(const std::string& method) {
    if (method.empty() || method == "adaptive" || method == "lsb") return {};
    return "--method is adaptive or lsb";
}
std::string wrong_hide(const Arguments& a) {
    const auto given = std::ranges::count_if(std::span{a.options}.first(hide_method),
                                             [](const std::string& value) { return !value.empty(); });
    if (given != 1) return "one of --text, --file and --cover says what is hidden where";
    if (a.options[hide_method] == "lsb" && a.options[hide_text].empty())
        return "--method lsb hides a --text only";
    // Who looks for such a text knows that there is one by its being text.
    if (a.options[hide_method] == "lsb" && !is_utf8(a.options[hide_text]))
        return "--method lsb hides UTF-8 text only";
    return unknown_method(a.options[hide_method]);
}
std::string wrong_extract(const Arguments& a) { return unknown_method(a.options[extract_method]); }

using enum Completes;

// In the order of the help. Built at the first call: a pure module does nothing before main.
const std::vector<CommandEntry>& table() {
    static const std::vector<CommandEntry> entries{
        {"upload",
         "PATH...",
         "encrypt each image through the cluster into images/",
         "upload photo.jpg",
         1,
         many,
         {},
         paths,
         with_paths<Upload>},
        {"hide",
         "PATH --text TEXT|--file FILE|--cover COVER [--method adaptive|lsb]",
         "hide a text or a file in the picture PATH, or PATH in COVER, into images/",
         "hide photo.jpg --text 'meet me at noon'",
         1,
         1,
         {"--text", "--file", "--cover", "--method"},
         paths,
         hide_command,
         wrong_hide},
        {"send-image",
         "PATH...",
         "let the leader store each image",
         "send-image photo.jpg",
         1,
         many,
         {},
         paths,
         with_paths<SendImage>},
        {"decrypt",
         "FILE [-o OUT]",
         "open an encrypted file (needs no cluster)",
         "decrypt images/encrypted_photo_1730738456.jpg -o photo.jpg",
         1,
         1,
         {"-o"},
         paths,
         with_file_and_option<Decrypt>},
        {"extract",
         "FILE [-o OUT] [--method adaptive|lsb]",
         "show or save what is hidden in a picture (needs no cluster)",
         "extract images/stego_photo_1730738456.png",
         1,
         1,
         {"-o", "--method"},
         paths,
         extract_command,
         wrong_extract},
        {"verify",
         "FILE [ORIGINAL]",
         "check an encrypted file, or compare it with ORIGINAL",
         "verify images/encrypted_photo_1730738456.jpg photo.jpg",
         1,
         2,
         {},
         paths,
         with_file_and_second<Verify>},
        {"capacity",
         "PATH",
         "tell how much can be hidden in a picture (needs no cluster)",
         "capacity photo.jpg",
         1,
         1,
         {},
         paths,
         with_word<Capacity>},
        {"status", "", "show who leads", "status", 0, 0, {}, nothing, bare<Status>},
        {"members",
         "",
         "list the nodes: role, load, last seen, address",
         "members",
         0,
         0,
         {},
         nothing,
         bare<Members>},
        {"discover", "", "ask again who leads", "discover", 0, 0, {}, nothing, bare<Discover>},
        {"doctor",
         "",
         "find what is wrong with the network, say what to do",
         "doctor",
         0,
         0,
         {},
         nothing,
         bare<Doctor>},
        {"register",
         "[ADDR]",
         "make this user known, reached at ADDR (HOST:PORT)",
         "register 10.40.6.26:9000",
         0,
         1,
         {},
         nothing,
         with_word<Register>},
        {"online", "", "list the users that are online", "online", 0, 0, {}, nothing, bare<Online>},
        {"users", "", "list all registered users", "users", 0, 0, {}, nothing, bare<Users>},
        {"gallery",
         "[USER]",
         "list the stored images of USER",
         "gallery bob",
         0,
         1,
         {},
         nothing,
         with_word<Gallery>},
        {"get",
         "NAME",
         "fetch a stored image (of another user: USER/NAME)",
         "get 1733511234-a1b2c3d4.png",
         1,
         1,
         {},
         nothing,
         with_word<Get>},
        {"put",
         "PATH",
         "store an image in this user's gallery",
         "put photo.jpg",
         1,
         1,
         {},
         paths,
         with_word<Put>},
        {"help",
         "[COMMAND]",
         "show this list, or one command with an example",
         "help upload",
         0,
         1,
         {},
         commands,
         with_word<Help>},
        {"quit", "", "leave (also: exit, Ctrl-D)", "quit", 0, 0, {}, nothing, bare<Quit>},
    };
    return entries;
}

} // namespace

std::span<const CommandEntry> command_table() { return table(); }

std::string synopsis(const CommandEntry& entry) {
    std::string text{entry.name};
    if (!entry.arguments.empty()) text.append(" ").append(entry.arguments);
    return text;
}

const CommandEntry* find_command(std::string_view name) {
    if (name == "exit") name = "quit";
    const auto found = std::ranges::find(table(), name, &CommandEntry::name);
    return found == table().end() ? nullptr : &*found;
}

std::string_view command_name(const Command& command) {
    // The alternatives and the table lines stand in the same order; a unit test holds them together.
    return table()[command.index()].name;
}

} // namespace cp::client
