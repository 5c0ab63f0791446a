#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <optional>

#include "bridge/link/hub_link.h"
#include "bridge/run/commands.h"
#include "bridge/run/daemon.h"
#include "host/clock.h"
#include "host/entropy.h"
#include "wire/codec.h"

namespace leanspec::bridge::run {
namespace {

/// The hub answers a Hello within 10 s or closes; a little more for the way.
constexpr std::chrono::seconds answer_within{15};

/// Says Hello without a replica, and keeps what comes back.
class Trial final : public link::LinkOwner {
 public:
  explicit Trial(const MachineIdentity& machine) : machine_(machine) {}

  [[nodiscard]] Result<wire::Welcome> run(const link::HubAddress& address) {
    boost::asio::io_context context(1);
    LEANSPEC_ASSIGN(link_, link::HubLink::open(context, address, *this));
    context_ = &context;
    context.run_for(answer_within);
    link_.reset();
    if (welcome_) return *welcome_;
    return failure_.value_or(
        Error(ErrorCode::timeout, "the hub did not answer in time", address.url, "Try again in a moment."));
  }

  void link_opened() override {
    wire::Hello hello;
    hello.protocol_min = wire::protocol_min;
    hello.protocol_max = wire::protocol_max;
    hello.client_version = program_version();
    hello.machine = machine_.id;
    hello.machine_name = machine_.name;
    hello.machine_renamed = machine_.renamed;
    hello.boot_nonce = host::system_entropy().uuid7(host::system_clock().now());
    link_->send(wire::ToHub(std::move(hello)));
  }

  void link_received(wire::ToBridge message) override {
    if (auto* welcome = std::get_if<wire::Welcome>(&message)) {
      welcome_ = std::move(*welcome);
      context_->stop();
    } else if (const auto* refused = std::get_if<wire::Refused>(&message)) {
      failure_ = Error(ErrorCode::forbidden, refused->text);
      context_->stop();
    }
  }

  void link_ended(link::LinkEnd end) override {
    if (!failure_)
      failure_ = Error(end.refused ? ErrorCode::unauthenticated : ErrorCode::unavailable, end.why, "", end.remedy);
    context_->stop();
  }

 private:
  const MachineIdentity& machine_;
  boost::asio::io_context* context_ = nullptr;
  std::unique_ptr<link::HubLink> link_;
  std::optional<wire::Welcome> welcome_;
  std::optional<Error> failure_;
};

}  // namespace

Result<wire::Welcome> try_hub(const HubSettings& hub, const std::string& key, const MachineIdentity& machine) {
  link::HubAddress address;
  address.url = hub.url;
  address.key = key;
  if (!hub.ca_file.empty()) address.ca_file = hub.ca_file;
  return Trial(machine).run(address);
}

}  // namespace leanspec::bridge::run
