// docs/protocol.md says what the code does: its examples, its message table and its bounds are compared here.
#include "samples.hpp"
#include "support/vector_file.hpp"

#include <boost/test/unit_test.hpp>

#include <cctype>
#include <fstream>
#include <iterator>
#include <regex>

using namespace cp;
using namespace cp::test;

namespace {

std::string text_of(const std::string& path_from_root) {
    std::ifstream in{std::string{CP_TESTS_DIR} + "/../" + path_from_root};
    BOOST_TEST_REQUIRE(in.is_open(), "cannot open " << path_from_root);
    return {std::istreambuf_iterator<char>{in}, {}};
}

// The hexadecimal digits of the fenced block under `heading`; '|' ends the digits of a line.
std::string hex_under(const std::string& heading) {
    std::istringstream document{text_of("docs/protocol.md")};
    std::string line, digits;
    while (std::getline(document, line) && line != heading) {
    }
    while (std::getline(document, line) && line != "```hex") {
    }
    while (std::getline(document, line) && line != "```") {
        std::erase(line, ' ');
        digits += line.substr(0, line.find('|'));
    }
    return digits;
}

// "hand_over" -> "HandOver"
std::string type_name(std::string_view sample) {
    std::string name;
    bool upper = true;
    for (char c : sample) {
        if (c != '_') name += upper ? static_cast<char>(std::toupper(c)) : c;
        upper = c == '_';
    }
    return name;
}

} // namespace

BOOST_AUTO_TEST_SUITE(document)

BOOST_AUTO_TEST_CASE(the_worked_examples_are_known_answers) {
    const auto records = read_vectors("frames.txt");
    BOOST_TEST(hex_under("### A sealed Heartbeat") == find(records, "sealed heartbeat").text("datagram"));
    const std::string header =
        find(records, "sealed data").text("datagram").substr(0, 2 * limits::frame_header_size);
    const std::string data = find(records, "data").text("body").substr(0, 2 * limits::data_header_size);
    BOOST_TEST(hex_under("### The header of a Data datagram") == header + data);
}

BOOST_AUTO_TEST_CASE(the_message_table_has_a_line_of_every_message) {
    const std::string document = text_of("docs/protocol.md");
    for (const Sample& sample : samples()) {
        const auto number = static_cast<unsigned>(wire::type_of(sample.message));
        const std::string line = "\n| " + std::to_string(number) + " | `" + type_name(sample.name) + "` |";
        BOOST_TEST(document.find(line) != std::string::npos, "no line" << line);
    }
}

BOOST_AUTO_TEST_CASE(the_table_of_bounds_has_every_limit) {
    const std::string document = text_of("docs/protocol.md");
    const std::string limits = text_of("src/shared/wire/limits.hpp");
    const std::regex definition{R"(inline constexpr [\w:]+ (\w+) =)"};
    std::size_t count = 0;
    for (std::sregex_iterator it{limits.begin(), limits.end(), definition}, end; it != end; ++it, ++count) {
        const std::string name = "`" + (*it)[1].str() + "`";
        BOOST_TEST(document.find(name) != std::string::npos, "no limit " << name);
    }
    BOOST_TEST(count > 30U);
}

BOOST_AUTO_TEST_SUITE_END()
