#include "probe/own_policy.h"

#include "receiver/trap_station.h"
#include "tls/https_fetch.h"
#include "tls/mta_sts.h"

namespace mailprobe::probe {

namespace {

constexpr auto fetch_time = std::chrono::seconds(10);  // it is ours, and near

std::optional<std::string> problem_of(const std::string& body, const std::string& domain) {
  const auto policy = tls::parse_sts_policy(body);
  if (!policy) return "is no policy: " + policy.error().message;
  if (policy->mode != StsMode::enforce) return "is not of mode enforce";
  if (!tls::sts_lists(*policy, domain)) return "does not list " + domain;
  return std::nullopt;
}

}  // namespace

Task<std::optional<std::string>> own_policy_problem(receiver::ListenAt host, std::string domain, Network network,
                                                    std::shared_ptr<const tls::Context> context) {
  const auto deadline = network.steady() + fetch_time;
  auto stream = co_await network.connect(host.address, host.port, std::nullopt, deadline);
  if (!stream) co_return "is not served: " + stream.error().message;
  (*stream)->deadline(deadline);
  std::string name = "mta-sts." + domain, path(receiver::own_look_target);
  const auto fetched = co_await tls::https_get(**stream, std::move(context), std::move(name), std::move(path));
  if (fetched.error) co_return "cannot be fetched: " + fetched.error->message;
  co_return problem_of(fetched.body, domain);
}

}  // namespace mailprobe::probe
