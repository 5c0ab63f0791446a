#include "hub/serve/revalidation.h"

#include <boost/json/object.hpp>
#include <utility>

#include "digest/sha256.h"
#include "hub/api/answer.h"
#include "hub/api/binder.h"

namespace leanspec::hub::serve {

namespace {

constexpr std::size_t secret_bytes_max = 1024;
constexpr std::size_t path_bytes_max = 1024;
constexpr std::size_t body_bytes_max = 8 * 1024;

/// Takes as long whatever is different.
[[nodiscard]] bool same(const Digest& a, const Digest& b) {
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.bytes.size(); ++i) difference |= static_cast<unsigned>(a.bytes[i] ^ b.bytes[i]);
  return difference == 0;
}

}  // namespace

Status bind_revalidation(net::server::Router& router, api::Services& services, const std::string& secret,
                         std::function<Status()> look) {
  api::Binder binder(router, services);
  binder.open_deferred(net::Method::post, "/api/revalidate", access::RateKind::sign_in, body_bytes_max,
                       [expected = digest::sha256(secret), look = std::move(look)](const api::Call& call) {
                         auto body = api::parse_object(call.request.body);
                         if (!body) return api::error_answer(body.error());
                         auto given = api::Fields(*body).text("secret", secret_bytes_max);
                         if (!given) return api::error_answer(given.error());
                         auto path = api::Fields(*body).optional_text("specPath", path_bytes_max);
                         if (!path) return api::error_answer(path.error());
                         if (!same(digest::sha256(*given), expected)) {
                           return api::error_answer(401, "UNAUTHORIZED",
                                                    "This is not the secret that the hub was started with.");
                         }
                         // A look at the whole folder reads what changed and nothing else, so one path is no less work.
                         if (const Status looked = look(); !looked) return api::error_answer(looked.error());
                         return api::answer(200, boost::json::object{{"revalidated", true}});
                       });
  return binder.finished();
}

}  // namespace leanspec::hub::serve
