#include "config/key.hpp"

#include "base/check.hpp"
#include "base/nearest.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace cp::config {
namespace {

std::string join(std::span<const std::string_view> words, std::string_view between) {
    std::string out;
    for (std::string_view word : words) {
        if (!out.empty()) out += between;
        out += word;
    }
    return out;
}

bool same_kind(Kind kind, const Value& value) {
    switch (kind) {
    case Kind::boolean: return std::holds_alternative<bool>(value);
    case Kind::integer: return std::holds_alternative<std::int64_t>(value);
    case Kind::number: return std::holds_alternative<double>(value);
    case Kind::word:
    case Kind::text: return std::holds_alternative<std::string>(value);
    case Kind::list: return std::holds_alternative<std::vector<std::string>>(value);
    }
    return false;
}

bool allowed(const Key& key, const Value& value) {
    switch (key.kind) {
    case Kind::boolean: return true;
    case Kind::integer: {
        const auto number = static_cast<double>(std::get<std::int64_t>(value)); // ranges end far below 2^53
        return number >= key.min && number <= key.max;
    }
    case Kind::number: {
        const double number = std::get<double>(value);
        return number >= key.min && number <= key.max; // false for NaN
    }
    case Kind::word: return std::ranges::count(key.words, std::get<std::string>(value)) == 1;
    case Kind::text: {
        // A path or name with NUL in it would end early where it is used.
        const std::string& text = std::get<std::string>(value);
        return text.find('\0') == std::string::npos && (key.fits == nullptr || key.fits(text));
    }
    case Kind::list: return std::ranges::all_of(std::get<std::vector<std::string>>(value), key.fits);
    }
    return false;
}

template <class T>
std::optional<Value> whole_number(std::string_view text) {
    T number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<Value> truth(std::string_view text) {
    static constexpr std::array<std::string_view, 4> yes{"yes", "true", "on", "1"};
    static constexpr std::array<std::string_view, 4> no{"no", "false", "off", "0"};
    if (std::ranges::count(yes, text) == 1) return true;
    if (std::ranges::count(no, text) == 1) return false;
    return std::nullopt;
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> items;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(", "), text.size());
        if (end > 0) items.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return items;
}

} // namespace

const Key* find_key(std::string_view section, std::string_view name) {
    for (const Key& key : keys()) {
        if (key.section == section && key.name == name) return &key;
    }
    return nullptr;
}

const Key& key_named(std::string_view dotted_name) {
    const std::size_t dot = dotted_name.find('.');
    CP_CHECK(dot != std::string_view::npos);
    const Key* key = find_key(dotted_name.substr(0, dot), dotted_name.substr(dot + 1));
    CP_CHECK(key != nullptr);
    return *key;
}

const Key& nearest_key(std::string_view section, std::string_view name) {
    return *std::ranges::min_element(keys(), {}, [&](const Key& key) {
        return 2 * edit_distance(name, key.name) + (key.section == section ? 0U : 1U);
    });
}

std::string dotted(const Key& key) { return std::string{key.section} + '.' + std::string{key.name}; }

std::string variable(const Key& key) {
    std::string name = "CLOUDP2P_" + std::string{key.section} + '_' + std::string{key.name};
    std::ranges::transform(name, name.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return name;
}

std::string expected(const Key& key) {
    if (!key.form.empty()) return std::string{key.form};
    const auto range = [&](double bound) { return to_text(Value{static_cast<std::int64_t>(bound)}); };
    switch (key.kind) {
    case Kind::boolean: return "true or false";
    case Kind::integer:
    case Kind::number: {
        const bool zero = key.automatic.has_value(); // the automatic value of a number is 0
        return std::string{key.kind == Kind::integer ? "an integer " : "a number "} + range(key.min) + ".." +
               range(key.max) + (zero ? ", or 0" : "");
    }
    case Kind::word: return "one of " + join(key.words, ", ");
    case Kind::text: return "a text";
    case Kind::list: return "a list of texts";
    }
    return {};
}

std::string assign(const Key& key, Config& config, const Value& given) {
    Value value = given;
    if (const auto* whole = std::get_if<std::int64_t>(&given); whole != nullptr && key.kind == Kind::number) {
        value = static_cast<double>(*whole); // 30 is a number as good as 30.0
    }
    if (key.automatic == value) return {};
    if (!same_kind(key.kind, value)) return "is " + shown(given) + ", must be " + expected(key);
    if (!allowed(key, value)) return "is " + shown(given) + ", must be " + expected(key);
    key.set(config, value);
    return {};
}

std::optional<Value> from_text(const Key& key, std::string_view text) {
    switch (key.kind) {
    case Kind::boolean: return truth(text);
    case Kind::integer: return whole_number<std::int64_t>(text);
    case Kind::number: return whole_number<double>(text);
    case Kind::word:
    case Kind::text: return std::string{text};
    case Kind::list: return split(text);
    }
    return std::nullopt;
}

} // namespace cp::config
