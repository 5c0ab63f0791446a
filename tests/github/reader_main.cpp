#include <boost/json.hpp>
#include <cstdio>
#include <iostream>
#include <string>

#include "host/clock.h"
#include "hub/mirrors/github_provider.h"
#include "hub/mirrors/http_transport.h"
#include "hub/mirrors/webhook.h"

/// What the hub reads out of a forge's answers and messages, for tests that have recorded ones: a JSON object a line on
/// standard input, one a line back. "repository" and "head" ask the API at "api"; "webhook" reads a message.
namespace {

using namespace leanspec;
using namespace leanspec::hub::mirrors;
namespace json = boost::json;

std::string text(const json::object& object, const char* name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

json::object refused(const Error& error) {
  return {{"error", to_string(error.code)}, {"why", error.sentence()}};
}

json::object ask(const json::object& task) {
  HttpTransportOptions options;
  options.api_url = text(task, "api");
  options.token = text(task, "token");
  options.host_is_allowed = true;
  auto transport = HttpTransport::make(std::move(options));
  if (!transport) return refused(transport.error());
  GithubProvider github(std::shared_ptr<ForgeTransport>(*std::move(transport)), text(task, "name"),
                        host::system_clock());
  json::object said;
  if (text(task, "do") == "head") {
    const auto head = github.head(text(task, "branch"), std::nullopt);
    if (!head) return refused(head.error());
    said = {{"commit", head->commit.value()}, {"tag", head->tag}};
  } else {
    const auto facts = github.repository();
    if (!facts) return refused(facts.error());
    said = {{"id", facts->id},
            {"name", facts->full_name},
            {"branch", facts->default_branch},
            {"private", facts->is_private}};
  }
  said["renamed"] = github.was_renamed();
  said["requests"] = github.requests();
  if (const RateBudget budget = github.budget(); budget.remaining) said["remaining"] = *budget.remaining;
  return said;
}

json::object read_message(const json::object& task) {
  store::Mirror mirror;
  mirror.repository = text(task, "repository");
  mirror.branch = text(task, "branch");
  if (!signature_matches(text(task, "secret"), text(task, "body"), text(task, "signature")))
    return {{"meaning", "forged"}};
  const WebhookReading reading = read_webhook(text(task, "event"), text(task, "body"), mirror);
  const char* meanings[] = {"look", "nothing", "wrong"};
  return {
      {"meaning", meanings[static_cast<int>(reading.meaning)]}, {"words", reading.words}, {"commit", reading.commit}};
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    const json::object task = json::parse(line).as_object();
    const json::object answer = text(task, "do") == "webhook" ? read_message(task) : ask(task);
    std::printf("%s\n", json::serialize(answer).c_str());
    std::fflush(stdout);
  }
  return 0;
}
