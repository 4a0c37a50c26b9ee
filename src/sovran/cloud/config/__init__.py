# SPDX-License-Identifier: Apache-2.0
"""clouds.yaml: found, read, settled into the configuration of one cloud."""
