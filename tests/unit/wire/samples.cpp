#include "samples.hpp"

namespace cp::test {
namespace {

using namespace cp::wire;

const Epoch epoch{7, NodeId{3}, 0x1122334455667788};
const TaskId task{ClientId{0x7f3c2a5b6d8e9f01}, 12};
const ObjectId upload{task, ObjectKind::upload};
const ObjectId result{task, ObjectKind::result};
const TransferId transfer{0x01020304};
const Digest digest = counting_from<32>(0x40);

Introduction introduction(Role role) {
    return {.role = role,
            .node = NodeId{3},
            .incarnation = 0x1122334455667788,
            .uptime_ms = 61'000,
            .version = "1.2.3",
            .api = "127.0.0.1:3000",
            .link_port = 40'123};
}

} // namespace

std::vector<Sample> samples() {
    const ChallengeBytes question = counting_from<16>(0x10);
    const auto bitmap = counting_from<16>(0xe0);
    const ByteView segment = as_bytes("these bytes are a segment");
    return {
        {"announce", Announce{introduction(Role::node)}},
        {"discover", Discover{introduction(Role::client)}},
        {"challenge", Challenge{question}},
        {"proof", Proof{question, 99, 100'000, introduction(Role::node)}},
        {"heartbeat", Heartbeat{NodeId{3}, epoch, true, true, 420, 5, 2}},
        {"members", Members{epoch,
                            NodeId{3},
                            3,
                            {{NodeId{1}, session_of(1), MemberState::alive},
                             {NodeId{2}, session_of(2), MemberState::suspect},
                             {NodeId{3}, session_of(3), MemberState::gone}}}},
        {"leave", Leave{NodeId{3}}},
        {"probe", Probe{0xfeedfacecafebeef}},
        {"probe_ack", ProbeAck{0xfeedfacecafebeef}},
        {"heard_from", HeardFrom{NodeId{2}, session_of(2)}},
        {"heard", Heard{NodeId{2}, session_of(2), 17, true}},
        {"presence", Presence{{{"alice", "10.40.6.26:9000", 17}, {"bob", "[::1]:9001", 29'000}}}},
        {"load_parts", LoadParts{NodeId{3}, 42, 61}},
        {"election", Election{NodeId{2}, epoch}},
        {"answer", Answer{NodeId{2}, epoch}},
        {"coordinator", Coordinator{epoch, 2}},
        {"hand_over", HandOver{epoch, NodeId{2}}},
        {"grant", Grant{epoch, 0x0102030405060708}},
        {"setup", Setup{.transfer = transfer,
                        .object = upload,
                        .total_bytes = 5'000'000,
                        .segment_bytes = 1420,
                        .work_bytes = 5'000'096,
                        .receivers = {NodeId{1}, NodeId{2}, NodeId{3}}}},
        {"data", Data{transfer, 0x0a0b0c, true, segment}},
        {"parity", Parity{transfer, 0x0a0b0c, 9, true, segment}},
        {"poll", Poll{transfer, 3522}},
        {"report", Report{.transfer = transfer,
                          .state = ReceiverState::receiving,
                          .highest = 0x0102030405060708,
                          .window = 184,
                          .have = 0x0a0b0c,
                          .gaps = {{0x010203, bitmap}, {0x010204, bitmap}}}},
        {"fetch", Fetch{result}},
        {"abandon", Abandon{transfer, result}},
        {"task_accepted", TaskAccepted{task, epoch, 3}},
        {"task_declined", TaskDeclined{task, NodeId{2}}},
        {"task_done", TaskDone{task, epoch, digest}},
        {"task_failed", TaskFailed{task, epoch, 21, "not an image"}},
        {"task_ack", TaskAck{task}},
        {"task_query", TaskQuery{task}},
        {"task_state", TaskState{task, epoch, NodeId{2}, TaskStage::running}},
        {"ledger_query", LedgerQuery{epoch}},
        {"ledger_summary", LedgerSummary{epoch,
                                         NodeId{2},
                                         2,
                                         {{task, TaskStage::held, true, NodeId{}, digest},
                                          {{task.client, 13}, TaskStage::done, false, NodeId{1}, digest}}}},
        {"task_assign", TaskAssign{task, epoch, NodeId{1}}},
        {"task_progress", TaskProgress{task, epoch}},
        {"task_reject", TaskReject{task, NodeId{2}}},
    };
}

TaskHeader sample_task_header() {
    return {.task = task,
            .reply_to = SessionId{counting_from<12>(0xa0)},
            .user = "alice",
            .command = TaskCommand::encrypt,
            .name = "photo.jpg",
            .unix_seconds = 1'730'738'456,
            .seed = counting_from<32>(0),
            .key = {.profile = 2, .log_n = 15, .r = 8, .cost = 1, .keys = counting_from<48>(0)}};
}

ResultHeader sample_result_header() { return {.task = task, .note = "3f2a1b4c5d6e7f8a.png"}; }

} // namespace cp::test
