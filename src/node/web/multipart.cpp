#include "web/multipart.hpp"

// The helper is header-only, but its headers mention these.
#define FMT_HEADER_ONLY
#define RESTINIO_USE_BOOST_ASIO shared
#include <algorithm>
#include <optional>
#include <restinio/helpers/http_field_parsers/content-disposition.hpp>
#include <restinio/helpers/multipart_body.hpp>

namespace cp::web {
namespace {

namespace fields = restinio::http_field_parsers;

constexpr std::size_t boundary_max = 70; // RFC 2046
constexpr std::size_t parts_max = 16;

Failure refused(std::string why) { return {errc::bad_field, std::move(why)}; }

bool is_boundary(std::string_view text) {
    const auto allowed = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               std::string_view{"'()+_,-./:=? "}.find(c) != std::string_view::npos;
    };
    return !text.empty() && text.size() <= boundary_max && std::ranges::all_of(text, allowed) &&
           text.back() != ' ';
}

// With the two hyphens in front, as it stands in the body.
std::optional<std::string> boundary_of(std::string_view content_type) {
    const auto parsed = fields::content_type_value_t::try_parse(content_type);
    if (!parsed || parsed->media_type.type != "multipart" || parsed->media_type.subtype != "form-data")
        return std::nullopt;
    const auto value = fields::find_first(parsed->media_type.parameters, "boundary");
    if (!value || !is_boundary(*value)) return std::nullopt;
    return "--" + std::string{*value};
}

using Parts = std::vector<restinio::string_view_t>;

// Views into `body`, or into `completed`, which is made when `body` lacks its last line end.
Outcome<Parts> parts_of(std::string_view content_type, const std::string& body, std::string& completed) {
    const auto boundary = boundary_of(content_type);
    if (!boundary) return refused("Content-Type must be multipart/form-data with a boundary");
    // That line end is optional (RFC 2046), but the helper insists on it.
    const bool ended = !body.ends_with("--");
    if (!ended) completed = body + "\r\n";
    Parts parts = restinio::multipart_body::split_multipart_body(ended ? body : completed, *boundary);
    if (parts.empty()) return refused("the multipart body is not whole");
    if (parts.size() > parts_max) return refused("too many parts");
    return parts;
}

// Nothing: the part cannot be read. No name: it is not a field of a form.
struct Named {
    std::string name;
    std::string file_name;
    std::string_view content;
};
std::optional<Named> named(restinio::string_view_t text) {
    const auto part = restinio::multipart_body::try_parse_part(text);
    if (!part) return std::nullopt;
    Named out;
    out.content = {part->body.data(), part->body.size()};
    const auto disposition = part->fields.opt_value_of(restinio::http_field::content_disposition);
    if (!disposition) return out;
    const auto parsed = fields::content_disposition_value_t::try_parse(*disposition);
    if (!parsed || parsed->value != "form-data") return out;
    if (const auto name = fields::find_first(parsed->parameters, "name")) out.name = *name;
    if (const auto file = fields::find_first(parsed->parameters, "filename")) out.file_name = *file;
    return out;
}

} // namespace

Outcome<std::string> multipart_field(std::string_view content_type, const std::string& body,
                                     std::string_view field) {
    std::string completed;
    const auto parts = parts_of(content_type, body, completed);
    if (!parts) return parts.error();
    for (const auto& text : *parts) {
        const auto part = named(text);
        if (!part) return refused("a part of the multipart body cannot be read");
        if (part->name == field) return std::string{part->content};
    }
    return refused("no field '" + std::string{field} + "' in the form");
}

Outcome<std::vector<FormField>> multipart_form(std::string_view content_type, const std::string& body) {
    std::string completed;
    const auto parts = parts_of(content_type, body, completed);
    if (!parts) return parts.error();
    std::vector<FormField> form;
    for (const auto& text : *parts) {
        const auto part = named(text);
        if (!part) return refused("a part of the multipart body cannot be read");
        if (part->name.empty()) continue;
        if (std::ranges::find(form, part->name, &FormField::name) != form.end())
            return refused("the form has a field twice");
        form.push_back({part->name, part->file_name, std::string{part->content}});
    }
    return form;
}

} // namespace cp::web
