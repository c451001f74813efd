// Which bytes of a changed line are the changed ones: a line as it was sent beside the one that arrived in its place.
// Words and signs are compared, so that what is marked can be read. Pure; by whole code points.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mailprobe::reporter {

struct Piece {
  std::string_view text;  // of the line that was given
  bool changed = false;
};

struct LinePieces {
  std::vector<Piece> sent, received;
};

/// Where they have nothing in common, the whole of both is changed.
LinePieces changed_pieces(std::string_view sent, std::string_view received);

}  // namespace mailprobe::reporter
