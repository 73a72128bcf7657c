// Every sentence that the client says to people, and nothing about when it says them. Pure; lines without
// their end, texts of several lines with. Names that come from outside are made printable here.
#pragma once

#include "base/time.hpp"
#include "client_core/client_event.hpp"
#include "repl/result.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cp::client {

[[nodiscard]] std::string banner(std::string_view user); // of a REPL; several lines
[[nodiscard]] std::string heading(const Work&);          // which of several paths begins

// Of an upload under way.
[[nodiscard]] std::string broadcasting(std::size_t servers);
[[nodiscard]] std::string sending_once(std::string_view destination);
[[nodiscard]] std::string declined(NodeId);
[[nodiscard]] std::string many_declined(std::size_t servers);
[[nodiscard]] std::string processed(NodeId leader);
[[nodiscard]] std::string wrong_answer(NodeId);
[[nodiscard]] std::vector<std::string> capacity_lines(const CapacityReport&);
[[nodiscard]] std::string took_over(const TookOver&);
inline constexpr std::string_view sending_again = "  ! No server holds the image any more; sending again";
[[nodiscard]] std::string waiting_for(const Waiting&, Duration since);

[[nodiscard]] std::vector<std::string> success(const CommandResult&); // REQUIRES: ok
[[nodiscard]] std::string failure(const CommandResult&);              // REQUIRES: !ok

[[nodiscard]] std::string no_leader(std::size_t members);
// A table where `columns` hold it, else a block for each member. Several lines.
[[nodiscard]] std::string member_table(const StatusReport&, std::size_t columns);
[[nodiscard]] std::string doctor_text(std::span<const DoctorLine>, std::size_t columns);

// Once a session each.
inline constexpr std::string_view encrypted_hint = "(encrypted: open it with 'decrypt FILE')";
inline constexpr std::string_view name_key_hint =
    "(the key is made of your user name: it hides nothing from those who know it)";

} // namespace cp::client
