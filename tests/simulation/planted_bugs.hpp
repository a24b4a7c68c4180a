// Mistakes that can be planted into the simulated operator, one at a time.
#pragma once
