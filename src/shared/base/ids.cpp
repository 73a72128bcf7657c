#include "base/ids.hpp"

#include <charconv>
#include <cstring>

namespace cp {
namespace {

std::string hex64(std::uint64_t value) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text(16, '0');
    for (std::size_t i = text.size(); i-- > 0; value >>= 4U) text[i] = digits[value & 0xfU];
    return text;
}

} // namespace

std::string to_text(NodeId id) { return std::to_string(id.value); }

std::string to_text(const Epoch& epoch) {
    return std::to_string(epoch.counter) + '.' + std::to_string(epoch.leader.value) + '.' +
           std::to_string(epoch.incarnation);
}

std::string to_text(const TaskId& id) { return hex64(id.client.value) + '-' + std::to_string(id.number); }

std::string to_text(std::string_view user, const TaskId& id) { return std::string{user} + '-' + to_text(id); }

std::optional<NamedTask> parse_task(std::string_view text) {
    constexpr std::size_t digits = 16;
    const std::size_t dash = text.rfind('-');
    if (dash == std::string_view::npos || dash < digits + 2 || text[dash - digits - 1] != '-')
        return std::nullopt;
    NamedTask out{std::string{text.substr(0, dash - digits - 1)}, {}};
    const char* const client = text.data() + dash - digits;
    const char* const number = text.data() + dash + 1;
    const char* const end = text.data() + text.size();
    (void)std::from_chars(client, client + digits, out.task.client.value, 16);
    (void)std::from_chars(number, end, out.task.number);
    if (to_text(out.user, out.task) != text) return std::nullopt; // anything but digits of that case
    return out;
}

std::string to_text(const ObjectId& id) {
    const char* kind = id.kind == ObjectKind::upload   ? "upload:"
                       : id.kind == ObjectKind::result ? "result:"
                                                       : "stored:";
    return kind + to_text(id.task);
}

std::string to_text(const SessionId& id) { return to_hex(id.bytes); }

std::string to_hex(std::span<const std::byte> bytes) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (std::byte b : bytes) {
        text += digits[std::to_integer<unsigned>(b) >> 4U];
        text += digits[std::to_integer<unsigned>(b) & 0xfU];
    }
    return text;
}

} // namespace cp

std::size_t std::hash<cp::SessionId>::operator()(const cp::SessionId& id) const noexcept {
    std::size_t value = 0;
    std::memcpy(&value, id.bytes.data(), sizeof value);
    return value;
}
