#include "repl/wording.hpp"

#include "base/utf8.hpp"
#include "repl/units.hpp"

namespace cp::client {
namespace {

std::string number(NodeId id) { return to_text(id); }

std::string sent_again(unsigned sends) {
    if (sends == 0) return "nothing was sent yet";
    return sends == 1 ? "nothing sent again" : "sending again";
}

std::vector<std::string> uploaded(const CommandResult& r) {
    return {"✓ Success!", "Encrypted image saved to: " + printable(r.file)};
}

std::vector<std::string> hidden(const CommandResult& r) {
    return {"✓ Success!", "Stego image saved to: " + printable(r.file)};
}

std::vector<std::string> extracted(const CommandResult& r) {
    if (r.file.empty()) return {"✓ Hidden text: " + printable(r.text.value_or(""))};
    return {"✓ Extracted " + std::string{r.text ? "text" : "file"} + " saved to: " + printable(r.file)};
}

std::vector<std::string> image_sent(const CommandResult& r) {
    return {"✓ Sent image " + r.req_id + " to leader (node " + number(r.node) + ") — " +
                std::to_string(r.bytes) + " bytes",
            "✓ SUCCESS: Image " + r.req_id + " was accepted by the server"};
}

std::vector<std::string> verified(const CommandResult& r) {
    const std::string what = r.original.empty() ? "undamaged" : "the same image as " + printable(r.original);
    return {"✓ " + printable(r.path) + ": " + what + " (" + counted(r.bytes, "byte") + ", SHA-256 " +
            r.sha256 + ')'};
}

} // namespace

std::string banner(std::string_view user) {
    return "=== Distributed Image Storage Client (REPL) ===\n"
           "User: " +
           printable(user) +
           "\n"
           "Multicast mode: Broadcasting to all servers\n"
           "Type 'help' for commands, 'quit' to exit\n"
           "================================================\n"
           "\n";
}

std::string heading(const Work& work) {
    return printable(work.path) + " (" + std::to_string(work.index) + " of " + std::to_string(work.count) +
           ')';
}

std::string broadcasting(std::size_t servers) {
    return "Broadcasting request to " + counted(servers, "server") + "...";
}

std::string sending_once(std::string_view destination) {
    return "  Sending once to " + std::string{destination};
}

std::string declined(NodeId id) {
    return "  - Server " + number(id) + " declined: Node " + number(id) + " is not the leader";
}

std::string many_declined(std::size_t servers) {
    return "  - " + counted(servers, "server") + " declined: not the leader";
}

std::string processed(NodeId leader) {
    return "  ✓ Leader (server " + number(leader) + ") processed request";
}

std::string wrong_answer(NodeId node) {
    return "  ! The answer of server " + number(node) + " is not what was asked for; another one works on it";
}

std::vector<std::string> capacity_lines(const CapacityReport& report) {
    std::vector<std::string> lines{printable(report.path) + ": " + std::to_string(report.width) + " x " +
                                   std::to_string(report.height) + " pixels, " +
                                   (report.channels == 1 ? "grey" : "colour")};
    for (const auto& [rate, bytes] : report.bytes) {
        const bool advised = &rate == &report.bytes.front().first;
        lines.push_back("  " + counted(bytes, "byte") + " at " + fixed(rate, 2) + " bits a sample" +
                        (advised ? "" : " (easier to detect)"));
    }
    if (report.bytes.empty()) lines.emplace_back("  too small to hide anything in it");
    return lines;
}

std::string took_over(const TookOver& event) {
    const std::string taken = "erver " + number(event.now) + " took over, " + sent_again(event.sends);
    if (!event.died) return "  ! S" + taken;
    return "  ! Leader (server " + number(event.died) + (event.left ? ") left; s" : ") died; s") + taken;
}

std::string waiting_for(const Waiting& waiting, Duration since) {
    const std::string so_far = " (" + time_left(since) + ')';
    switch (waiting.what) {
    case Waiting::For::cluster: return "No node answered yet" + so_far + "; 'doctor' looks for the reason";
    case Waiting::For::leader: return no_leader(waiting.members);
    case Waiting::For::transfer: return "Still sending" + so_far;
    case Waiting::For::answer:
        if (!waiting.leader) return "Waiting for an answer" + so_far;
        return "Waiting for the answer of server " + number(waiting.leader) + so_far;
    }
    return "Waiting" + so_far;
}

std::vector<std::string> success(const CommandResult& r) {
    if (r.command == "send-image") return image_sent(r);
    if (r.command == "verify") return verified(r);
    if (r.encrypted) return uploaded(r);
    if (r.hidden) return hidden(r);
    if (r.command == "extract") return extracted(r);
    if (r.command == "decrypt") return {"✓ Decrypted image saved to: " + printable(r.file)};
    return {"✓ Success!"};
}

std::string failure(const CommandResult& r) {
    const std::string path = printable(r.path);
    const std::string reason = printable(r.error);
    // What reads files names them itself.
    if (path.empty() || reason.find(path) != std::string::npos) return "✗ " + r.command + ": " + reason;
    return "✗ " + r.command + ' ' + path + ": " + reason;
}

std::string no_leader(std::size_t members) {
    return "No leader (electing; " + counted(members, "member") + " seen)";
}

} // namespace cp::client
