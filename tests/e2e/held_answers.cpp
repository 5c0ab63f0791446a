#include <gtest/gtest.h>

#include <memory>
#include <mutex>

#include "tests/e2e/http.h"
#include "tests/openapi/answer_check.h"

namespace leanspec::e2e {
namespace {

/// Holds every answer and every event that a test gets from a hub to the OpenAPI document that the hub itself serves.
/// Compiled into every test of this folder; nobody names it.
class HeldAnswers final : public testing::Environment {
 public:
  void SetUp() override {
    watch_answers([this](const std::string& url, std::string_view method, std::string_view path,
                         const HttpResponse& response) { hold(url, method, path, response); },
                  [this](std::string_view path, const ServerEvent& event) { hold_event(path, event); });
  }
  void TearDown() override {
    watch_answers([](const auto&, auto, auto, const auto&) {}, [](auto, const auto&) {});
    EXPECT_TRUE(seen_ == 0 || check_ != nullptr) << "no hub gave its OpenAPI document, so no answer was held to it";
  }

 private:
  static constexpr std::string_view document_path = "/api/openapi.json";

  void hold(const std::string& url, std::string_view method, std::string_view path, const HttpResponse& response) {
    const bool is_api = path.starts_with("/api/") || path.starts_with("/health") || path.starts_with("/metrics");
    if (!is_api || path == document_path) return;
    const std::scoped_lock lock(mutex_);
    ++seen_;
    if (check_ == nullptr) {
      // One that is killed meanwhile gives none; the next answer asks again.
      const HttpResponse document = HttpClient(url, "").get(document_path);
      if (document.status != 200) return;
      check_ = std::make_unique<openapi::AnswerCheck>(document.json().as_object());
    }
    const auto type = response.headers.find("content-type");
    const std::string wrong =
        check_->wrong_at(method, path, static_cast<unsigned>(response.status),
                         type == response.headers.end() ? std::string_view() : type->second, response.body);
    EXPECT_EQ(wrong, "") << method << ' ' << path << " answered " << response.status << ' '
                         << response.body.substr(0, 2000);
  }
  /// The head of its stream was an answer, and so the document is here.
  void hold_event(std::string_view path, const ServerEvent& event) {
    const std::scoped_lock lock(mutex_);
    ASSERT_NE(check_, nullptr) << "no hub gave its OpenAPI document, so the events of " << path << " are held to nothing";
    EXPECT_EQ(check_->wrong_event(path, event.name, event.data), "")
        << path << " told '" << event.name << "' " << event.data.substr(0, 2000);
  }

  std::mutex mutex_;
  std::unique_ptr<openapi::AnswerCheck> check_;
  std::size_t seen_ = 0;
};

[[maybe_unused]] const testing::Environment* const held_answers = testing::AddGlobalTestEnvironment(new HeldAnswers);

}  // namespace
}  // namespace leanspec::e2e
