#include "web/task_order.hpp"

#include "web/multipart.hpp"
#include "web/names.hpp"

#include <algorithm>

namespace cp::web {
namespace {

Failure refused(std::string why) { return {errc::bad_field, std::move(why)}; }

std::optional<unsigned> digit(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
    return std::nullopt;
}

std::optional<std::array<std::byte, 32>> key_of(std::string_view text) {
    std::array<std::byte, 32> key{};
    if (text.size() != 2 * key.size()) return std::nullopt;
    for (std::size_t i = 0; i < key.size(); ++i) {
        const auto high = digit(text[2 * i]);
        const auto low = digit(text[2 * i + 1]);
        if (!high || !low) return std::nullopt;
        key.at(i) = static_cast<std::byte>(*high << 4U | *low);
    }
    return key;
}

// Without folders and control characters, and bounded.
std::string plain_name(std::string_view name) {
    if (const auto slash = name.find_last_of("/\\"); slash != std::string_view::npos)
        name.remove_prefix(slash + 1);
    std::string out{name.substr(0, order_name_max)};
    std::erase_if(out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    return out;
}

// Why the field has no place here; empty: it is taken.
std::string take(TaskOrder& order, FormField& field) {
    const auto& name = field.name;
    if (name == "image") {
        order.image = std::move(field.content);
        order.image_name = plain_name(field.file_name);
        return order.image.empty() ? "image: it is empty" : "";
    }
    if (name == "file") {
        order.file = std::move(field.content);
        order.file_name = plain_name(field.file_name);
        return {};
    }
    const std::string& value = field.content;
    if (value.size() > order_text_max) return name + ": it is too long";
    if (name == "user") {
        order.user = value;
        return is_user(value) ? "" : "user: 1 to 64 letters, digits, '.', '_' or '-'";
    }
    if (name == "command") {
        order.hide = value == "hide";
        return order.hide || value == "encrypt" ? "" : "command: encrypt or hide";
    }
    if (name == "method") {
        order.plain = value == "lsb";
        return order.plain || value == "adaptive" ? "" : "method: adaptive or lsb";
    }
    if (name == "passphrase") {
        order.passphrase = value;
        return value.empty() || value.size() > passphrase_max ? "passphrase: 1 to 1024 bytes" : "";
    }
    if (name == "key") {
        order.key = key_of(value);
        return order.key ? "" : "key: 64 hexadecimal digits";
    }
    if (name == "text") {
        order.text = value;
        return {};
    }
    return "no field of that name: user, command, image, passphrase, key, text, file and method are known";
}

} // namespace

Outcome<TaskOrder> read_task_order(std::string_view content_type, const std::string& body) {
    auto form = multipart_form(content_type, body);
    if (!form) return form.error();
    TaskOrder order;
    bool image = false;
    bool method = false;
    for (FormField& field : *form) {
        image = image || field.name == "image";
        method = method || field.name == "method";
        if (auto why = take(order, field); !why.empty()) return refused(std::move(why));
    }
    if (order.user.empty()) return refused("user: whose task it is");
    if (!image) return refused("image: the picture is missing");
    if (!order.passphrase.empty() && order.key) return refused("a passphrase or a key, not both");
    const bool something = order.text || order.file;
    if (order.hide && order.text.has_value() == order.file.has_value())
        return refused("hide: what to hide is either text or file");
    if (!order.hide && (something || method)) return refused("text, file and method are for hide");
    return order;
}

} // namespace cp::web
