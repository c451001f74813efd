// libunbound's context, set up as the options ask and fixed: what is wrong with them has been found.
// Not used yet: it has no socket, no process, no event loop that runs (dns/resolver_process.h). RFC 6303, RFC 6761.
#pragma once

#include <memory>

#include "base/error.h"

struct ub_ctx;
struct event_base;

namespace mailprobe::dns {

struct ResolverOptions;

struct UnboundFree {
  void operator()(ub_ctx* context) const;
  void operator()(event_base* base) const;
};
using EventBase = std::unique_ptr<event_base, UnboundFree>;

struct UnboundContext {
  EventBase base;  // the context knows it, so it goes last
  std::unique_ptr<ub_ctx, UnboundFree> context;
};

Result<UnboundContext> unbound_context(const ResolverOptions& options);

}  // namespace mailprobe::dns
