#include "http/answers.hpp"

#include "web/bodies.hpp"

namespace cp::http {

Response json(std::string body) {
    Response response;
    response.body = std::move(body);
    return response;
}

Response success(std::string_view message, std::string_view more) {
    return json(R"({"success":true,"message":)" + web::json_text(message) + std::string{more} + '}');
}

Response try_again(std::string_view message) {
    Response response = refusal(503, message);
    response.headers.emplace_back("Retry-After", "1");
    return response;
}

Response store_failed(const Failure& failure) {
    if (failure.code == errc::disk_full) return refusal(507, "the store is full");
    if (failure.code == errc::bad_config) return refusal(503, failure.line); // says what to change
    if (failure.code == errc::busy) return try_again(failure.line);
    return try_again("the store does not answer: " + make_error_code(failure.code).message());
}

std::string task_json(const TaskView& task) {
    return R"({"task":)" + web::json_text(task.id) + R"(,"user":)" + web::json_text(task.user) +
           R"(,"command":")" + std::string{task.command} + R"(","stage":")" + std::string{task.stage} +
           R"(","worker":)" + (task.worker ? to_text(task.worker) : "null") + R"(,"holders":)" +
           std::to_string(task.holders) + '}';
}

} // namespace cp::http
