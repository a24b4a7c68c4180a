// Asio, Asio's TLS and Beast are compiled once, here, instead of in every file that uses them.
#pragma clang diagnostic ignored "-Weverything"
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
