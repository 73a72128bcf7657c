#include "config/settings.hpp"

#include "base/nearest.hpp"
#include "base/utf8.hpp"
#include "config/predecessor_keys.hpp"

#include <algorithm>
#include <iterator>

namespace cp::config {
namespace {

Failure unknown_section(const Member& member, std::string_view file) {
    return {errc::bad_config, place(file, member.at) + ": unknown section [" + printable(member.name) +
                                  "]: did you mean [" + std::string{nearest(member.name, sections())} + "]?"};
}

Failure unknown_key(std::string_view section, const Member& member, std::string_view file) {
    const std::string name = section.empty() ? member.name : std::string{section} + '.' + member.name;
    return {errc::bad_config, place(file, member.at) + ": unknown key " + printable(name) +
                                  ": did you mean " + dotted(nearest_key(section, member.name)) + '?'};
}

Failure wrong(const Key& key, const std::string& how, const std::string& origin, errc code) {
    return {code, origin + ": " + dotted(key) + ' ' + how};
}

bool is_section(std::string_view name) { return std::ranges::count(sections(), name) == 1; }

// One member of a section, or of the top level when `section` is empty.
Outcome<void> take(std::string_view section, const Member& member, std::string_view file, Settings& out) {
    const std::string origin = place(file, member.at);
    const Key* key = find_key(section, member.name);
    if (key == nullptr) {
        const auto taken = take_predecessor_key(section, member, origin, out);
        if (!taken) return taken.error();
        if (!*taken) return unknown_key(section, member, file);
        return {};
    }
    auto value = to_value(member.value);
    if (!value)
        return wrong(*key, "is " + std::string{kind_name(member.value)} + ", must be " + expected(*key),
                     origin, errc::bad_config);
    auto setting = checked_setting(*key, *std::move(value), origin, errc::bad_config);
    if (!setting) return setting.error();
    out.list.push_back(*std::move(setting));
    return {};
}

} // namespace

void Settings::append(Settings other) {
    std::ranges::move(other.list, std::back_inserter(list));
    std::ranges::move(other.warnings, std::back_inserter(warnings));
}

Outcome<Setting> checked_setting(const Key& key, Value value, std::string origin, errc code) {
    Config scratch;
    const std::string problem = assign(key, scratch, value);
    if (!problem.empty()) return wrong(key, problem, origin, code);
    return Setting{&key, std::move(value), std::move(origin)};
}

Outcome<Setting> setting_from_text(const Key& key, std::string_view text, std::string origin, errc code) {
    auto value = from_text(key, text);
    if (!value) return wrong(key, "is " + quoted(text) + ", must be " + expected(key), origin, code);
    return checked_setting(key, *std::move(value), std::move(origin), code);
}

Outcome<Settings> settings_of_document(const Node& root, std::string_view file) {
    Settings out;
    for (const Member& member : *root.table()) {
        const Node::Table* section = member.value.table();
        if (section == nullptr) {
            if (is_section(member.name)) {
                return Failure{errc::bad_config, place(file, member.at) + ": " + member.name +
                                                     " is a section: write [" + member.name +
                                                     "] and its keys"};
            }
            if (auto taken = take({}, member, file, out); !taken) return taken.error();
            continue;
        }
        if (!is_section(member.name)) return unknown_section(member, file);
        for (const Member& inner : *section) {
            if (auto taken = take(member.name, inner, file, out); !taken) return taken.error();
        }
    }
    return out;
}

Outcome<Settings> settings_of_environment(const Environment& environment) {
    static constexpr std::string_view prefix = "CLOUDP2P_";
    Settings out;
    std::vector<std::string> known;
    for (const Key& key : keys()) known.push_back(variable(key));
    const std::vector<std::string_view> names{known.begin(), known.end()};
    for (auto at = environment.lower_bound(prefix); at != environment.end() && at->first.starts_with(prefix);
         ++at) {
        const auto& [name, text] = *at;
        if (text.empty()) continue;
        const auto found = std::ranges::find(known, name);
        if (found == known.end()) {
            const std::string_view close = nearest(name, names);
            const std::string_view section = close.substr(0, close.find('_', prefix.size()) + 1);
            if (!name.starts_with(section) && edit_distance(name, close) > 2) continue;
            return Failure{errc::bad_config, "unknown variable " + printable(name) + ": did you mean " +
                                                 std::string{close} + '?'};
        }
        const Key& key = keys()[static_cast<std::size_t>(found - known.begin())];
        auto setting = setting_from_text(key, text, name, errc::bad_config);
        if (!setting) return setting.error();
        out.list.push_back(*std::move(setting));
    }
    return out;
}

} // namespace cp::config
