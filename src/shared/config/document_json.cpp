#include "base/utf8.hpp"
#include "config/document.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>

namespace cp::config {
namespace {

namespace json = boost::json;

// Builds the tree from the parser's events. The text is fed one character at a time, because that is what
// tells where a token stood; configuration files are small.
class TreeBuilder {
public:
    static constexpr std::size_t max_object_size = 1000;
    static constexpr std::size_t max_array_size = 10'000;
    static constexpr std::size_t max_key_size = 1000;
    static constexpr std::size_t max_string_size = 10'000;

    Position token;     // where the token that is being read began
    std::string reason; // set when an event is refused
    Node root;

    bool on_document_begin(json::error_code&) { return true; }
    bool on_document_end(json::error_code&) { return true; }
    bool on_object_begin(json::error_code&) { return open(Node::Table{}); }
    bool on_object_end(std::size_t, json::error_code&) { return close(); }
    bool on_array_begin(json::error_code&) { return open(Node::Array{}); }
    bool on_array_end(std::size_t, json::error_code&) { return close(); }
    bool on_key_part(json::string_view part, std::size_t, json::error_code&) { return collect(part); }
    bool on_key(json::string_view part, std::size_t, json::error_code& error) {
        collect(part);
        const Node::Table* table = open_.back().table();
        if (std::ranges::any_of(*table, [&](const Member& m) { return m.name == text_; })) {
            reason = "duplicate key \"" + printable(text_) + '"';
            error = json::error::syntax;
            return false;
        }
        keys_.push_back({std::exchange(text_, {}), token});
        return true;
    }
    bool on_string_part(json::string_view part, std::size_t, json::error_code&) { return collect(part); }
    bool on_string(json::string_view part, std::size_t, json::error_code&) {
        collect(part);
        return add(Node{token, std::exchange(text_, {})});
    }
    bool on_number_part(json::string_view, json::error_code&) { return true; }
    bool on_int64(std::int64_t v, json::string_view, json::error_code&) { return add(Node{token, v}); }
    bool on_uint64(std::uint64_t v, json::string_view, json::error_code&) {
        return add(Node{token, static_cast<double>(v)}); // above every range
    }
    bool on_double(double v, json::string_view, json::error_code&) { return add(Node{token, v}); }
    bool on_bool(bool v, json::error_code&) { return add(Node{token, v}); }
    bool on_null(json::error_code&) { return add(Node{token, Node::Other{}}); }
    bool on_comment_part(json::string_view, json::error_code&) { return true; }
    bool on_comment(json::string_view, json::error_code&) { return true; }

private:
    struct PendingKey {
        std::string name;
        Position at;
    };

    bool collect(json::string_view part) {
        text_.append(part.data(), part.size());
        return true;
    }
    template <class Container>
    bool open(Container empty) {
        open_.push_back(Node{token, std::move(empty)});
        return true;
    }
    bool close() {
        Node done = std::move(open_.back());
        open_.pop_back();
        return add(std::move(done));
    }
    bool add(Node node) {
        if (open_.empty()) {
            root = std::move(node);
        } else if (auto* array = std::get_if<Node::Array>(&open_.back().data)) {
            array->push_back(std::move(node));
        } else {
            auto& table = std::get<Node::Table>(open_.back().data);
            table.push_back({std::move(keys_.back().name), keys_.back().at, std::move(node)});
            keys_.pop_back();
        }
        return true;
    }

    std::vector<Node> open_;       // tables and arrays that have not ended
    std::vector<PendingKey> keys_; // names whose values have not ended
    std::string text_;             // parts of the current string
};

// Follows the text and knows where the current token began.
class TokenTracker {
public:
    // Returns true when a token begins at `c`.
    bool advance(char c) {
        here_ = next_;
        next_ = c == '\n' ? Position{here_.line + 1, 1} : Position{here_.line, here_.column + 1};
        if (in_string_) {
            in_string_ = escaped_ || c != '"';
            escaped_ = !escaped_ && c == '\\';
            return false;
        }
        const bool was_word =
            std::exchange(in_word_, std::string_view{" \t\r\n,:[]{}\""}.find(c) == std::string_view::npos);
        in_string_ = c == '"';
        return in_string_ || c == '{' || c == '[' || (in_word_ && !was_word);
    }
    [[nodiscard]] Position here() const { return here_; }

private:
    Position here_;
    Position next_;
    bool in_string_ = false;
    bool escaped_ = false;
    bool in_word_ = false;
};

} // namespace

Outcome<Node> parse_json(std::string_view text, std::string_view file) {
    json::basic_parser<TreeBuilder> parser{json::parse_options{}};
    TreeBuilder& tree = parser.handler();
    TokenTracker tracker;
    json::error_code error;
    for (char c : text) {
        // A number ends only at the character behind it, which begins no token: its place is still known
        // then.
        if (tracker.advance(c)) tree.token = tracker.here();
        const bool taken = parser.write_some(true, &c, 1, error) == 1;
        if (!error && !taken) error = json::error::extra_data;
        if (error) break;
    }
    if (!error) parser.write_some(false, nullptr, 0, error);
    if (error && !tree.reason.empty())
        return Failure{errc::bad_config, place(file, tree.token) + ": " + tree.reason};
    if (error) return Failure{errc::bad_config, place(file, tracker.here()) + ": " + error.message()};
    if (tree.root.table() == nullptr)
        return Failure{errc::bad_config, place(file, {}) + ": must be an object { … }"};
    return std::move(tree.root);
}

} // namespace cp::config
