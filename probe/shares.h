// How addresses of a host that are asked one after the other share its time. Waits for nothing.
#pragma once

#include <chrono>
#include <cstddef>

namespace mailprobe::probe {

/// How long the first of `left` addresses of a host may take: as long as the patience lasts with it, so that its
/// silence is its own, where those after it are still left enough; at least an equal share.
std::chrono::milliseconds share_of(std::chrono::milliseconds time, std::size_t left);

}  // namespace mailprobe::probe
