// A place on the WGS84 ellipsoid in Earth-centred, Earth-fixed coordinates, at height 0. Kilometres.
#pragma once

namespace asof {

struct EarthPoint {
  double x = 0.0;
  double y = 0.0;
  double z = 0.0;
};

}  // namespace asof
