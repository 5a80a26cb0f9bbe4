// Boost's Asio and Beast, compiled once for all files that include their headers.

#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
