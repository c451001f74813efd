// Coordinates: a journey drawn as a line of stations, lying for wide pages and standing for narrow ones; bars of a time
// line; the span of a certificate. Makes views for SVG templates, no markup.
#pragma once

#include "base/tls_facts.h"
#include "reporter/journey.h"
#include "reporter/timeline.h"
#include "reporter/view.h"

namespace mailprobe::reporter {

enum class Lie { across, down };

/// width, height, stations (x, y, name_x, …) and legs (x1, y1, x2, y2, …): templates/way.mustache.
/// `slots`: as many places as the picture above has; a way back goes from the last to the first.
View picture(const Journey& journey, Lie lie);
View picture_back(const Journey& journey, Lie lie, std::size_t slots);
/// What the lines in these mean: templates/way.mustache.
Views legend(const std::vector<const Journey*>& ways);

/// Rows of a time line: label, time, and a bar on a scale of 0 to 1000.
Views bars(const std::vector<Stretch>& line);

/// Where `now` is between a certificate's dates, 0 to 1000.
int elapsed_share(const Certificate& certificate, Time now);

/// Shortened in the middle, for text that must fit into a drawing.
std::string shortened(std::string_view text, std::size_t columns);

}  // namespace mailprobe::reporter
