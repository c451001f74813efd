// The members of a comparison with an earlier run: the same lists for writing and for reading; no JSON library here.
// See json_fields.h.
#pragma once

#include "evidence/json_fields.h"

namespace mailprobe::evidence {

template <class Visitor>
void fields(Visitor& visit, Like<EarlierRun> auto& run) {
  visit("id", run.id);
  visit("version", run.version);
  visit("started", run.started);
  visit("exit", run.exit);
}

template <class Visitor>
void fields(Visitor& visit, Like<Difference> auto& difference) {
  visit("what", difference.what);
  visit("subject", difference.subject);
  visit("check", difference.check);
  visit("probe", difference.probe);
  visit("before", difference.before);
  visit("after", difference.after);
  visit("summary", difference.summary);
  visit("evidence", difference.evidence);
}

template <class Visitor>
void fields(Visitor& visit, Like<TrendPoint> auto& point) {
  visit("id", point.id);
  visit("started", point.started);
  visit("exit", point.exit);
  visit("passed", point.passed);
  visit("warned", point.warned);
  visit("failed", point.failed);
  visit("undetermined", point.undetermined);
  visit("latency_ms", point.latency_ms);
  visit("session_ms", point.session_ms);
}

template <class Visitor>
void fields(Visitor& visit, Like<Comparison> auto& comparison) {
  visit("with", comparison.with);
  visit("better", comparison.better);
  visit("worse", comparison.worse);
  visit("changed", comparison.changed);
  visit("new", comparison.appeared);
  visit("gone", comparison.gone);
  visit("trend", comparison.trend);
}

}  // namespace mailprobe::evidence
