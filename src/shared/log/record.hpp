// One log line before it is text: what log_event() collects and the formats below print. Pure.
#pragma once

#include "base/ids.hpp"

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace cp::log {

enum class Level { debug, info, warn, error };
enum class Format { text, json };

// A named value. Numbers stay numbers and "nothing" stays null in JSON.
class Field {
public:
    using Value = std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string>;

    Field(std::string_view name, std::nullptr_t) : name_{name}, value_{nullptr} {}
    Field(std::string_view name, bool value) : name_{name}, value_{value} {}
    Field(std::string_view name, std::signed_integral auto value)
        : name_{name}, value_{std::int64_t{value}} {}
    Field(std::string_view name, std::unsigned_integral auto value)
        : name_{name}, value_{std::uint64_t{value}} {}
    Field(std::string_view name, double value) : name_{name}, value_{value} {}
    Field(std::string_view name, std::string value) : name_{name}, value_{std::move(value)} {}
    Field(std::string_view name, std::string_view value) : name_{name}, value_{std::string{value}} {}
    Field(std::string_view name, const char* value) : name_{name}, value_{std::string{value}} {}
    Field(std::string_view name, NodeId id) : name_{name}, value_{std::uint64_t{id.value}} {}
    Field(std::string_view name, const Epoch& epoch) : name_{name}, value_{to_text(epoch)} {}
    Field(std::string_view name, const TaskId& task) : name_{name}, value_{to_text(task)} {}
    template <class T>
    Field(std::string_view name, const std::optional<T>& value)
        : Field{value ? Field{name, *value} : Field{name, nullptr}} {}

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const Value& value() const { return value_; }

private:
    std::string name_;
    Value value_;
};

struct Record {
    std::chrono::sys_time<std::chrono::microseconds> time{}; // UTC
    std::int64_t monotonic_us = 0; // CLOCK_MONOTONIC: comparable between processes of one machine
    Level level = Level::info;
    NodeId node{};          // none: the line has no node
    std::string event{};    // "leader_changed"; empty: a remark without an event
    std::string sentence{}; // for people; may be empty
    std::vector<Field> fields{};
};

[[nodiscard]] std::string_view to_text(Level);

// "2026-11-20T14:33:01.000042Z info  Node 3: I am the new leader! node=3 epoch=7.3.1 reason=start", without
// the newline: ids first, then the other fields as they came. Texts that hold spaces or quotes are quoted.
[[nodiscard]] std::string format_text(const Record&);

// One JSON object, without the newline: time, mono_us, level, node, event, the fields, then the sentence as
// "message". A field that has one of those names gets the prefix "event_": "node" is always who wrote the
// line. NaN and infinities are null.
[[nodiscard]] std::string format_json(const Record&);

} // namespace cp::log
