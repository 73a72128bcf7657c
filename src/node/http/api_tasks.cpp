// Api: tasks for the cluster. Any node takes one, and any node tells what became of it: the token that only
// the owner got is derived from the cluster's key and the task's name, and results are in the store.
#include "http/answers.hpp"
#include "http/awaited.hpp"
#include "http/counted.hpp"
#include "http/on_worker.hpp"
#include "http/task_parts.hpp"
#include "net/clock.hpp"
#include "web/bodies.hpp"
#include "web/names.hpp"
#include "wire/task_stage.hpp"

namespace cp::http {
namespace {

using namespace std::chrono_literals;
using wire::TaskStage;

constexpr int new_tasks_max = 4; // at a time: each is in memory three times
constexpr auto accepted_within = 20s;
constexpr auto known_within = 2s;
constexpr std::size_t token_digits = 32;

Response refused_order(const Failure& why) {
    switch (why.code) {
    case errc::not_an_image:
    case errc::already_encrypted: return refusal(415, why.line);
    case errc::too_large:
    case errc::too_small: return refusal(422, why.line);
    case errc::busy:
    case errc::no_network:
    case errc::no_leader: return try_again(why.line);
    default: return refusal(400, why.line);
    }
}

// As its owner is told: held by the nodes is accepted, and what is over is done or not known any more.
std::string_view state_name(TaskStage stage) {
    if (stage == TaskStage::held) return "accepted";
    if (stage == TaskStage::finished) return to_text(TaskStage::done);
    return to_text(stage == TaskStage::lost ? TaskStage::unknown : stage);
}

std::string place_of(std::string_view task) { return "/api/v1/tasks/" + std::string{task}; }

Response failed_task(std::string_view task, std::string_view why) {
    return json(R"({"task":)" + web::json_text(task) + R"(,"state":"failed","message":)" +
                web::json_text(why) + '}');
}

Response stage_answer(std::string_view task, std::string_view state) {
    return json(R"({"task":)" + web::json_text(task) + R"(,"state":)" + web::json_text(state) + '}');
}

Response done_task(std::string_view task, const StoredResult& stored) {
    if (stored.bytes == 0) return failed_task(task, stored.failure);
    return json(R"({"task":)" + web::json_text(task) + R"(,"state":"done","bytes":)" +
                std::to_string(stored.bytes) + R"(,"result":)" + web::json_text(place_of(task) + "/result") +
                '}');
}

// Only what is not in the ledger any more, or is done, can be in the store.
bool may_be_stored(TaskStage stage) { return stage == TaskStage::unknown || stage >= TaskStage::done; }

} // namespace

std::string Api::task_token(std::string_view task) const {
    return to_hex(hmac_sha256(options_.task_secret, as_bytes(task))).substr(0, token_digits);
}

std::optional<Response> Api::not_owner(const Request& request, std::string_view task) const {
    const std::string* parameter = request.path.parameter("token");
    const std::string_view given = parameter != nullptr ? std::string_view{*parameter} : request.task_token;
    if (equal_constant_time(as_bytes(task_token(task)), as_bytes(given))) return std::nullopt;
    return refusal(403, "the token of this task is needed, as X-Task-Token: the answer to its POST has it");
}

asio::awaitable<Outcome<unsigned>> Api::hand_in(uploads::Upload upload) {
    const TaskId id = upload.header.task;
    const auto accepted = std::make_shared<Awaited<Outcome<unsigned>>>(io_, accepted_within);
    desk_.submit(std::move(upload), told(io_, accepted));
    co_await arrived(*accepted);
    if (accepted->value) co_return std::move(*accepted->value);
    desk_.cancel(id);
    co_return Failure{errc::no_leader, "the cluster did not take the task in time"};
}

asio::awaitable<std::optional<TaskState>> Api::look_up(const TaskId& id) {
    const auto found = std::make_shared<Awaited<TaskState>>(io_, known_within);
    desk_.look_up(id, told(io_, found));
    co_await arrived(*found);
    co_return found->value;
}

asio::awaitable<Outcome<uploads::Upload>> Api::take_order(Request& request) {
    if (new_tasks_ == new_tasks_max)
        co_return Failure{errc::busy, "too many tasks are being taken in at once"};
    const Counted one_more{new_tasks_};
    auto work = [this, type = std::string{request.content_type},
                 body = std::move(request.body)]() -> Outcome<uploads::Upload> {
        const auto order = web::read_task_order(type, body);
        if (!order) return order.error();
        auto header = desk_.next(order->user);
        if (!header) return header.error();
        return upload_of(std::move(*header), *order, options_.hide_limits);
    };
    co_return co_await on_worker(std::move(work));
}

asio::awaitable<Response> Api::post_task(Request& request) {
    auto upload = co_await take_order(request);
    if (!upload) co_return refused_order(upload.error());
    const std::string task = to_text(upload->header.user, upload->header.task);
    const auto holders = co_await hand_in(std::move(*upload));
    if (!holders) co_return refused_order(holders.error());

    Response response = success(
        "Task accepted", R"(,"task":)" + web::json_text(task) + R"(,"state":"accepted","replicas":)" +
                             std::to_string(*holders) + R"(,"token":)" + web::json_text(task_token(task)) +
                             R"(,"url":)" + web::json_text(place_of(task)) + R"(,"result":)" +
                             web::json_text(place_of(task) + "/result"));
    response.status = 202;
    response.headers.emplace_back("Location", place_of(task));
    co_return response;
}

Response Api::tasks() const {
    std::size_t open = 0;
    for (const auto& [state, count] : view_->tasks) open += count;
    std::string body = R"({"tasks":[)";
    for (const TaskView& task : view_->open_tasks) {
        if (body.back() != '[') body += ',';
        body += task_json(task);
    }
    return json(body + R"(],"count":)" + std::to_string(open) + '}');
}

asio::awaitable<Response> Api::task(const Request& request) {
    const std::string task{request.values.at(0)};
    const auto named = parse_task(task);
    if (!named || !web::is_user(named->user)) co_return refusal(404, "no such task");
    if (auto refused = not_owner(request, task)) co_return std::move(*refused);
    const auto state = co_await look_up(named->task);
    if (!state) co_return try_again("this node is too busy to say");
    if (!may_be_stored(state->stage)) co_return stage_answer(task, state_name(state->stage));
    auto work = [this, user = named->user, task] { return find_result(store_, user, task); };
    const auto stored = co_await on_worker(std::move(work));
    if (stored) co_return done_task(task, *stored);
    if (stored.error().code != errc::not_found) co_return store_failed(stored.error());
    if (state->stage == TaskStage::failed) co_return failed_task(task, state->reason);
    // Done, and the object is on its way from the leader's folder to ours.
    if (state->stage == TaskStage::done) co_return stage_answer(task, "running");
    co_return refusal(404, "no such task: it is over, or this node has not heard of it yet");
}

asio::awaitable<Response> Api::task_result(const Request& request) {
    const std::string task{request.values.at(0)};
    const auto named = parse_task(task);
    if (!named || !web::is_user(named->user)) co_return refusal(404, "no such task");
    if (auto refused = not_owner(request, task)) co_return std::move(*refused);
    auto work = [this, user = named->user, task]() -> Outcome<Response> {
        const auto stored = find_result(store_, user, task);
        if (!stored) return stored.error();
        if (stored->bytes == 0) return refusal(422, stored->failure);
        const auto bytes = store_.get(stored->key);
        if (!bytes) return bytes.error();
        const std::string file = stored->key.substr(stored->key.rfind('/') + 1);
        Response response;
        response.type = web::content_type_of(file);
        response.bytes = *bytes;
        response.headers = {{"Content-Disposition", "attachment; filename=\"" + file + '"'}};
        return response;
    };
    auto found = co_await on_worker_in_turn(results_read_, std::move(work));
    if (found) co_return std::move(*found);
    if (found.error().code != errc::not_found) co_return store_failed(found.error());
    const auto state = co_await look_up(named->task);
    if (state && state->stage == TaskStage::failed) co_return refusal(422, state->reason);
    if (!state || state->stage == TaskStage::unknown || state->stage == TaskStage::lost)
        co_return refusal(404, "no such task: it is over, or this node has not heard of it yet");
    Response response = refusal(409, "the task is not done yet");
    response.headers.emplace_back("Retry-After", "1");
    co_return response;
}

} // namespace cp::http
