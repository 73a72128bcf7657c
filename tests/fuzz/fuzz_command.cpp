// Lines of scripts and of the prompt: split_line, parse_command, and what completion and messages do with the
// same bytes. Besides not crashing: an escaped word reads back as itself, and every message is one printable
// line.
#include "base/check.hpp"
#include "base/utf8.hpp"
#include "client_core/command.hpp"
#include "client_core/output_name.hpp"

#include <cstdint>

using namespace cp;
using namespace cp::client;

namespace {

void check_escaping(const std::string& word) {
    for (Quoting quoting : {Quoting::backslash, Quoting::single, Quoting::with_double}) {
        const auto again = split_line(escaped(word, quoting) + std::string{closing(quoting)});
        // An empty word has no form without quotes.
        if (word.empty() && quoting == Quoting::backslash) continue;
        CP_CHECK(again.has_value() && again->size() == 1 && again->front() == word);
    }
}

void check_name(const std::string& path) {
    const std::string name = output_name("encrypted", path, 1730738456);
    CP_CHECK(is_utf8(name) && printable(name) == name && name.find('/') == std::string::npos);
    CP_CHECK(numbered_name(name, 7).size() <= 255 && decrypted_name(path).size() <= 255);
}

void check_message(const Failure& failure) {
    CP_CHECK(failure.code == errc::usage && !failure.line.empty());
    CP_CHECK(is_utf8(failure.line) && printable(failure.line) == failure.line);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string line{reinterpret_cast<const char*>(data), size};
    const OpenWord open = open_word(line);
    CP_CHECK(open.from <= line.size());
    const auto words = split_line(line);
    if (words.has_error()) {
        check_message(words.error());
        return 0;
    }
    for (const std::string& word : *words) {
        check_escaping(word);
        check_name(word);
    }
    const CommandHints hints{.invocation = "client alice",
                             .file_exists = [](const std::string& path) { return path.size() % 2 == 0; }};
    const auto command = parse_command(*words, hints);
    if (command.has_error()) check_message(command.error());
    return 0;
}
