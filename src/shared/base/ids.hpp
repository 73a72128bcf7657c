// Identifiers that do not mix: passing a node where a task is expected does not compile.
// Plain values; text forms are those of the logs ("3", "7.3.1", "alice-7f3c2a-12").
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cp {

// A node's Bully rank, 1..4294967295; 0 is "no node".
struct NodeId {
    std::uint32_t value = 0;
    constexpr explicit operator bool() const { return value != 0; }
    auto operator<=>(const NodeId&) const = default;
};

// One run of one client program: random, so that two sessions of the same user never share a task.
struct ClientId {
    std::uint64_t value = 0;
    auto operator<=>(const ClientId&) const = default;
};

// One request of one client run. Numbers start at 1.
struct TaskId {
    ClientId client;
    std::uint32_t number = 0;
    auto operator<=>(const TaskId&) const = default;
};

enum class ObjectKind : std::uint8_t { upload = 1, result = 2, stored = 3 };

// What is transferred: the upload of a task, its result, or an object between two stores (then the task is a
// number of the sender's). The same object may travel in several transfers.
struct ObjectId {
    TaskId task;
    ObjectKind kind = ObjectKind::upload;
    auto operator<=>(const ObjectId&) const = default;
};

// Which leadership: compared by counter, then leader, then the leader's life. Equal epochs mean the same
// leader in the same life; a bare counter would not (docs/architecture.md, failover).
struct Epoch {
    std::uint64_t counter = 0;
    NodeId leader;
    std::uint64_t incarnation = 0;
    auto operator<=>(const Epoch&) const = default;
};

// One life of one program on the wire: 96 random bits, drawn at each start. The seal's key salt.
struct SessionId {
    std::array<std::byte, 12> bytes{};
    constexpr explicit operator bool() const { return bytes != std::array<std::byte, 12>{}; }
    auto operator<=>(const SessionId&) const = default;
};

[[nodiscard]] std::string to_text(NodeId);
[[nodiscard]] std::string to_text(const Epoch&);                         // "7.3.1"
[[nodiscard]] std::string to_text(std::string_view user, const TaskId&); // "alice-7f3c2a…-12"
[[nodiscard]] std::string to_text(const TaskId&); // "7f3c2a…-12", where the user is unknown
struct NamedTask {
    std::string user;
    TaskId task;
};
// Of the form with the user, and of no other: what it gives has that text again.
[[nodiscard]] std::optional<NamedTask> parse_task(std::string_view text);
[[nodiscard]] std::string to_text(const ObjectId&);
[[nodiscard]] std::string to_text(const SessionId&); // 24 hexadecimal digits

[[nodiscard]] std::string to_hex(std::span<const std::byte>); // lower case

} // namespace cp

template <>
struct std::hash<cp::NodeId> {
    std::size_t operator()(cp::NodeId id) const noexcept { return std::hash<std::uint32_t>{}(id.value); }
};
template <>
struct std::hash<cp::TaskId> {
    std::size_t operator()(const cp::TaskId& id) const noexcept {
        return std::hash<std::uint64_t>{}(id.client.value ^ (std::uint64_t{id.number} * 0x9e3779b97f4a7c15U));
    }
};
template <>
struct std::hash<cp::SessionId> {
    std::size_t
    operator()(const cp::SessionId& id) const noexcept; // the bytes are random: the first eight do
};
